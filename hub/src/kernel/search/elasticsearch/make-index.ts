import type { IndexDefinition } from '../search.ts';
import { type AskEngine, isRefusal } from './ask-engine.ts';
import { INDEX_SETTINGS, type IndexMeta, indexMappings } from './index-settings.ts';

/** Where the documents of one version lie, and the name under which the newest filled version is searched. */
export interface IndexNames {
  index: string;
  alias: string;
}

export function indexNames(prefix: string, { name, version }: IndexDefinition): IndexNames {
  const alias = `${prefix}-${name}`;
  return { index: `${alias}-v${version}`, alias };
}

/** Makes the index where it is missing, and its alias where no version has it; true when it has been filled. */
export async function makeIndex(
  ask: AskEngine,
  definition: IndexDefinition,
  { index, alias }: IndexNames,
): Promise<boolean> {
  try {
    await ask((client, options) =>
      client.indices.create(
        { index, settings: INDEX_SETTINGS, mappings: indexMappings(definition) },
        options,
      ),
    );
  } catch (error) {
    if (!isRefusal(error, 'resource_already_exists_exception')) throw error;
  }
  const searched = await ask((client, options) => client.indices.existsAlias({ name: alias }, options));
  if (!searched) {
    const add = { add: { index, alias } };
    await ask((client, options) => client.indices.updateAliases({ actions: [add] }, options));
  }
  const mappings = await ask((client, options) => client.indices.getMapping({ index }, options));
  const meta = mappings[index]?.mappings._meta as Partial<IndexMeta> | undefined;
  return meta?.filled === true;
}

/** Notes that the index is filled, has it searched in one step, and drops what is older than the version before it. */
export async function noteFilled(
  ask: AskEngine,
  { version }: IndexDefinition,
  { index, alias }: IndexNames,
): Promise<void> {
  const _meta = { filled: true } satisfies IndexMeta;
  await ask((client, options) => client.indices.refresh({ index }, options));
  await ask((client, options) => client.indices.putMapping({ index, _meta }, options));
  const every = `${alias}-v*`;
  const actions = [{ remove: { index: every, alias, must_exist: false } }, { add: { index, alias } }];
  await ask((client, options) => client.indices.updateAliases({ actions }, options));
  const there = await ask((client, options) => client.indices.getAlias({ index: every }, options));
  const older = Object.keys(there)
    .map((name) => Number(name.slice(`${alias}-v`.length)))
    .filter((other) => other < version)
    .sort((a, b) => b - a);
  for (const outdated of older.slice(1)) {
    const dropped = { index: `${alias}-v${outdated}`, ignore_unavailable: true };
    await ask((client, options) => client.indices.delete(dropped, options));
  }
}
