import { createRequire } from 'node:module';

interface Manifest {
  apiVersion: string;
  kind: string;
}

/** What the official client says of a type: the fields it has, by the names they have in manifests. */
interface Described {
  getAttributeTypeMap(): { baseName: string; type: string }[];
}
type Client = Record<string, Partial<Described>>;

/** Where `.ci/run` puts the client. It is no dependency of the house: 60 MB that nobody needs to start a shop. */
const KEPT = new URL('../../.butik/engines/kubernetes-client/', import.meta.url);

/** The official client, which knows every field of every kind; undefined where the package is not there. */
export function clientOfKubernetes(): Client | undefined {
  try {
    return createRequire(KEPT)('@kubernetes/client-node') as Client;
  } catch {
    return undefined;
  }
}

/** Paths of fields that a kind does not have: a cluster would drop or refuse them, the JSON schemas let them pass. */
export function unknownFields(client: Client, manifest: Manifest): string[] {
  const version = manifest.apiVersion.split('/').at(-1)!;
  const type = `${version[0]!.toUpperCase()}${version.slice(1)}${manifest.kind}`;
  if (!client[type]) return [type];
  return within(client, { type, value: manifest, path: manifest.kind });
}

function within(
  client: Client,
  { type, value, path }: { type: string; value: unknown; path: string },
): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const items = /^Array<(.+)>$/.exec(type)?.[1];
  const values = items ?? /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1];
  if (values !== undefined) {
    return Object.entries(value).flatMap(([key, one]) =>
      within(client, { type: values, value: one, path: `${path}.${key}` }),
    );
  }
  const fields = client[type]?.getAttributeTypeMap?.();
  if (!fields) return [];
  return Object.entries(value).flatMap(([key, one]) => {
    const field = fields.find(({ baseName }) => baseName === key);
    return field
      ? within(client, { type: field.type, value: one, path: `${path}.${key}` })
      : [`${path}.${key}`];
  });
}
