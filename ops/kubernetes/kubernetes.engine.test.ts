import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readHubConfig, SETTINGS } from '../../hub/src/config/read-config.ts';
import { INTAKE_CALLS } from '../../hub/src/intake/intake-clients.ts';
import { chooseParts, SYNC } from '../../hub/src/parts.ts';
import { SERVICES } from '../../hub/src/services/registry.ts';
import { clientOfKubernetes, unknownFields } from './unknown-fields.ts';

interface PodSpec {
  containers: Record<string, unknown>[];
  volumes: Record<string, unknown>[];
  securityContext: object;
  terminationGracePeriodSeconds: number;
}
interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  data?: Record<string, string>;
  spec: Record<string, unknown> & {
    template: { metadata: { labels: Record<string, string> }; spec: PodSpec };
  };
}

const here = dirname(fileURLToPath(import.meta.url));
const NAMES = [...SERVICES.map(({ name }) => name), SYNC];
/** What each process calls, as the code declares it. */
const CALLS = new Map<string, readonly string[]>([
  ...SERVICES.map(({ name, calls }) => [name, calls] as const),
  [SYNC, INTAKE_CALLS],
]);
const isThere = !spawnSync('kubectl', ['version', '--client']).error;
if (!isThere) console.log('The manifests are not built: there is no kubectl.');
const models = modelsOfKubernetes();
const client = clientOfKubernetes();
if (!client)
  console.log('The manifests are not searched for unknown fields: there is no @kubernetes/client-node.');
if (!models) console.log('The manifests are not checked by their schemas: there is no kubernetes-models.');

const built = new Map<string, Manifest[]>();
function build(overlay: string): Manifest[] {
  const known = built.get(overlay);
  if (known) return known;
  const yaml = execFileSync('kubectl', ['kustomize', join(here, 'overlays', overlay)], { encoding: 'utf8' });
  const manifests = parseAllDocuments(yaml).map((document) => document.toJS() as Manifest);
  built.set(overlay, manifests);
  return manifests;
}
const ofKind = (overlay: string, ...kinds: string[]) =>
  build(overlay).filter(({ kind }) => kinds.includes(kind));
const workloads = (overlay: string) => ofKind(overlay, 'Deployment', 'StatefulSet');

describe.skipIf(!isThere).each(['production', 'staging', 'canary'])('the overlay %s', (overlay) => {
  test.skipIf(!models)('is what the schemas of Kubernetes ask for', () => {
    for (const manifest of build(overlay)) {
      const Model = models!(manifest);
      expect(
        () => new Model(manifest).validate(),
        `${manifest.kind} ${manifest.metadata.name}`,
      ).not.toThrow();
    }
  });

  test.skipIf(!client)('has no field that Kubernetes does not know', () => {
    expect(build(overlay).flatMap((manifest) => unknownFields(client!, manifest))).toEqual([]);
    const misspelt = { apiVersion: 'v1', kind: 'Service', spec: { selektor: {} } };
    expect(unknownFields(client!, misspelt)).toEqual(['Service.spec.selektor']);
  });

  test('runs nothing as root, and lets nothing write to its root or gain rights', () => {
    expect(workloads(overlay).length).toBeGreaterThan(5);
    for (const { metadata, spec } of workloads(overlay)) {
      const pod = spec.template.spec;
      expect(pod, metadata.name).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      for (const container of pod.containers) {
        expect(container, metadata.name).toMatchObject({
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          resources: { requests: { cpu: expect.any(String), memory: expect.any(String) } },
          image: expect.stringMatching(/:\d+\.\d+\.\d+[\w.-]*$/),
          startupProbe: { httpGet: expect.anything() },
          readinessProbe: { httpGet: expect.anything() },
          livenessProbe: { httpGet: { path: '/healthz' } },
        });
      }
    }
  });

  test('says no secret', () => {
    expect(ofKind(overlay, 'Secret')).toEqual([]);
    const secret = new Set<string>(SETTINGS.filter((one) => one.secret).map(({ variable }) => variable));
    for (const { data = {} } of ofKind(overlay, 'ConfigMap')) {
      expect(Object.keys(data).filter((variable) => secret.has(variable))).toEqual([]);
    }
  });
});

describe.skipIf(!isThere).each(['production', 'staging'])('every service in %s', (overlay) => {
  const settings = () =>
    ofKind(overlay, 'ConfigMap').find(({ metadata }) => metadata.name === 'hub-settings')!.data!;

  test.each(NAMES)('%s runs with settings that the hub takes, and can be found', (name) => {
    const known = new Set<string>(SETTINGS.map(({ variable }) => variable));
    expect(Object.keys(settings()).filter((variable) => !known.has(variable))).toEqual([]);
    const pod = workloads(overlay).find(({ metadata }) => metadata.name === name)!.spec.template.spec;
    const env = pod.containers[0]!.env as { name: string; value: string }[];
    const own = Object.fromEntries(env.map((one) => [one.name, one.value]));
    const secrets = {
      BUTIK_AMQP_URL: 'amqps://of-the-secret',
      BUTIK_DATABASE_URL: 'postgres://of-the-secret/butik',
    };
    const config = readHubConfig({}, { ...settings(), ...own, ...secrets });
    expect(config.services).toEqual([name]);
    const services = ofKind(overlay, 'Service').map(({ metadata, spec }) => [metadata.name, spec] as const);
    const byName = Object.fromEntries(services);
    expect(byName[name]).toMatchObject({ ports: [{ port: config.port }] });
    for (const called of chooseParts(config).calls) {
      expect(config.serviceAddresses[called]).toBe(`${called}-rpc:${config.grpcPort}`);
      expect(byName[`${called}-rpc`]).toMatchObject({
        clusterIP: 'None',
        ports: [{ port: config.grpcPort }],
      });
    }
    expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThan(config.drainMs + 30_000);
    const mounted = pod.volumes.find((volume) => volume.name === 'certificates');
    expect(mounted).toMatchObject({ secret: { secretName: `${name}-rpc-tls` } });
  });

  test('who may call whom is what the services declare', () => {
    const policies = ofKind(overlay, 'NetworkPolicy').map(
      ({ metadata, spec }) => [metadata.name, spec] as const,
    );
    const byName = Object.fromEntries(policies);
    expect(byName['nobody-unless-said']).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    for (const name of NAMES) {
      const callers = NAMES.filter((caller) => CALLS.get(caller)!.includes(name));
      const { ingress } = (byName[`calls-to-${name}`] ?? { ingress: [] }) as { ingress: Rule[] };
      expect(peers(ingress.flatMap(({ from }) => from!)), `calls to ${name}`).toEqual(callers.toSorted());
      const { egress } = (byName[`calls-of-${name}`] ?? { egress: [] }) as { egress: Rule[] };
      expect(peers(egress.flatMap(({ to }) => to!)), `calls of ${name}`).toEqual(
        [...CALLS.get(name)!].toSorted(),
      );
    }
  });

  test('the gateway gets every file of its configuration', () => {
    const filesIn = (folder: string) => readdirSync(join(here, '../nginx', folder)).filter(isConfiguration);
    const gateway = workloads(overlay).find(({ metadata }) => metadata.name === 'gateway')!;
    for (const [volume, folder] of [
      ['nginx', '.'],
      ['environment', 'kubernetes'],
    ] as const) {
      const mounted = gateway.spec.template.spec.volumes.find(({ name }) => name === volume)!;
      const { name } = mounted.configMap as { name: string };
      const map = ofKind(overlay, 'ConfigMap').find(({ metadata }) => metadata.name === name)!;
      expect(Object.keys(map.data!).toSorted()).toEqual(filesIn(folder).toSorted());
    }
  });

  test('all but the appliers’ only process are scaled, and never all away at once', () => {
    const scaled = [...NAMES.filter((name) => name !== SYNC), 'gateway'].toSorted();
    for (const kind of ['HorizontalPodAutoscaler', 'PodDisruptionBudget']) {
      expect(
        ofKind(overlay, kind)
          .map(({ metadata }) => metadata.name)
          .toSorted(),
        kind,
      ).toEqual(scaled);
    }
    const sync = workloads(overlay).find(({ metadata }) => metadata.name === SYNC)!;
    expect(sync.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
  });
});

describe.skipIf(!isThere)('the canary', () => {
  test('is one process of each service but sync beside those of production, behind the same names', () => {
    const canaries = workloads('canary');
    expect(canaries.map(({ metadata }) => metadata.name).toSorted()).toEqual(
      NAMES.filter((name) => name !== SYNC)
        .map((name) => `${name}-canary`)
        .toSorted(),
    );
    const services = ofKind('production', 'Service');
    for (const { metadata, spec } of canaries) {
      const { labels } = spec.template.metadata;
      const name = metadata.name.replace('-canary', '');
      const stable = workloads('production').find((one) => one.metadata.name === name)!;
      expect(spec.replicas).toBe(1);
      expect(spec.selector).toEqual({
        matchLabels: { 'app.kubernetes.io/name': name, 'butik/track': 'canary' },
      });
      expect(stable.spec.selector).toEqual({
        matchLabels: { 'app.kubernetes.io/name': name, 'butik/track': 'stable' },
      });
      const service = services.find((one) => one.metadata.name === name)!;
      expect(labels).toMatchObject(service.spec.selector as object);
      expect(spec.template.spec.containers[0]!.image).not.toBe(
        stable.spec.template.spec.containers[0]!.image,
      );
    }
  });
});

const isConfiguration = (name: string) => name.endsWith('.conf');

interface Rule {
  from?: Peer[];
  to?: Peer[];
}
interface Peer {
  podSelector: { matchLabels: Record<string, string> };
}
function peers(all: Peer[]): string[] {
  return all.map(({ podSelector }) => podSelector.matchLabels['app.kubernetes.io/name']!).toSorted();
}

type Model = new (manifest: object) => { validate(): void };

/** Finds the class that checks a manifest; undefined where the package is not there. */
function modelsOfKubernetes(): ((manifest: Manifest) => Model) | undefined {
  const load = createRequire(import.meta.url);
  const pathOf = ({ apiVersion, kind }: Pick<Manifest, 'apiVersion' | 'kind'>) =>
    `kubernetes-models/${apiVersion}/${kind}`;
  try {
    load(pathOf({ apiVersion: 'v1', kind: 'Service' }));
  } catch {
    return undefined;
  }
  return (manifest) => (load(pathOf(manifest)) as Record<string, Model>)[manifest.kind]!;
}
