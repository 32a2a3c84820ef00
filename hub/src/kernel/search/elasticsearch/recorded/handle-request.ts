import { expect } from 'vitest';
import { assertQuery } from './assert-query.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies of every form come by
type Json = any;

export interface RecordedIndex {
  settings: Json;
  mappings: Json;
  aliases: Set<string>;
  documents: Map<string, Json>;
}

export interface RecordedState {
  indexes: Map<string, RecordedIndex>;
  /** What a search finds; the test decides. */
  found(body: Json, index: string): Json;
  /** How the engine refuses one document of a bulk; undefined takes it. */
  refuse(id: string): { status: number; error: { type: string; reason: string } } | undefined;
}

export interface Reply {
  status: number;
  body: Json;
}

/** Answers the requests that the adapter makes; another one fails the test. */
export function handleRequest(state: RecordedState, method: string, path: string, body: string): Reply {
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  const [first, action, rest] = parts as [string, string?, string?];
  const route = `${method} ${action ?? (first.startsWith('_') ? first : '')} ${parts.length}`;
  switch (route) {
    case 'PUT  1':
      return createIndex(state, first, JSON.parse(body));
    case 'DELETE  1':
      state.indexes.delete(first);
      return ok({ acknowledged: true });
    case 'GET _mapping 2':
      return ok({ [first]: { mappings: state.indexes.get(first)!.mappings } });
    case 'PUT _mapping 2':
      Object.assign(state.indexes.get(first)!.mappings, JSON.parse(body));
      return ok({ acknowledged: true });
    case 'GET _alias 2':
      return ok(aliasesOf(state, first));
    case 'GET _refresh 2':
      return ok({ _shards: { total: 2, successful: 1, failed: 0 } });
    case 'POST _bulk 2':
    case 'PUT _bulk 2':
      return bulk(state, first, body);
    case 'POST _search 2':
      return search(state, first, JSON.parse(body));
    case 'POST _aliases 1':
      return updateAliases(state, JSON.parse(body).actions);
  }
  if (method === 'HEAD' && first === '_alias') {
    const there = [...state.indexes.values()].some(({ aliases }) => aliases.has(action!));
    return { status: there ? 200 : 404, body: '' };
  }
  throw new Error(
    `The adapter asked for ${method} ${path} (${rest ?? ''}), which Elasticsearch's part here does not know`,
  );
}

function createIndex(state: RecordedState, name: string, { settings, mappings }: Json): Reply {
  if (state.indexes.has(name)) {
    const reason = `index [${name}/dGVzdA] already exists`;
    const cause = { type: 'resource_already_exists_exception', reason, index: name };
    return { status: 400, body: { error: { root_cause: [cause], ...cause }, status: 400 } };
  }
  state.indexes.set(name, { settings, mappings, aliases: new Set(), documents: new Map() });
  return ok({ acknowledged: true, shards_acknowledged: true, index: name });
}

function matchingIndexes(state: RecordedState, pattern: string): [string, RecordedIndex][] {
  const start = pattern.replace(/\*$/, '');
  return [...state.indexes].filter(([name]) =>
    start === pattern ? name === pattern : name.startsWith(start),
  );
}

function aliasesOf(state: RecordedState, pattern: string): Json {
  const aliases = matchingIndexes(state, pattern).map(([name, index]) => [
    name,
    { aliases: Object.fromEntries([...index.aliases].map((alias) => [alias, {}])) },
  ]);
  return Object.fromEntries(aliases);
}

function updateAliases(state: RecordedState, actions: Json[]): Reply {
  for (const { add, remove } of actions) {
    if (add) state.indexes.get(add.index)!.aliases.add(add.alias);
    for (const [, index] of remove ? matchingIndexes(state, remove.index) : [])
      index.aliases.delete(remove.alias);
  }
  return ok({ acknowledged: true, errors: false });
}

/** What the script does, said in this language: the answers differ by it. */
function bulk(state: RecordedState, name: string, body: string): Reply {
  expect(body.endsWith('\n'), 'a bulk ends with a line break').toBe(true);
  const lines = body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const { documents } = state.indexes.get(name)!;
  const items: Json[] = [];
  for (let at = 0; at < lines.length; at += 2) {
    const { _id, retry_on_conflict } = lines[at].update;
    const { script, scripted_upsert, upsert } = lines[at + 1];
    expect([retry_on_conflict > 0, scripted_upsert, upsert, script.lang]).toEqual([
      true,
      true,
      {},
      'painless',
    ]);
    const { source } = script.params;
    const present = documents.get(_id);
    const refusal = state.refuse(_id);
    const about = { _index: name, _id };
    if (refusal) items.push({ update: { ...about, ...refusal } });
    else if (present && present.version >= source.version) {
      items.push({ update: { ...about, _version: 1, result: 'noop', status: 200 } });
    } else {
      documents.set(_id, source);
      const result = present ? 'updated' : 'created';
      items.push({ update: { ...about, _version: 1, result, status: present ? 200 : 201 } });
    }
  }
  return ok({ took: 3, errors: items.some(({ update }) => update.error), items });
}

function search(state: RecordedState, name: string, body: Json): Reply {
  const searched = [...state.indexes].find(([index, { aliases }]) => index === name || aliases.has(name))![1];
  assertQuery(body.query, fieldsOf(searched.mappings.properties));
  expect(body).toMatchObject({
    track_total_hits: true,
    sort: [{ _score: { order: 'desc' } }, { id: { order: 'asc' } }],
  });
  return ok({
    took: 1,
    timed_out: false,
    _shards: { total: 1, successful: 1, failed: 0 },
    ...state.found(body, name),
  });
}

/** Every field that a query may name: Elasticsearch finds nothing in another one, and does not say so. */
function fieldsOf(properties: Json, start = ''): Set<string> {
  const fields = new Set<string>();
  for (const [name, mapping] of Object.entries<Json>(properties)) {
    fields.add(`${start}${name}`);
    const inner = { ...mapping.properties, ...mapping.fields };
    for (const field of fieldsOf(inner, `${start}${name}.`)) fields.add(field);
  }
  return fields;
}

function ok(body: Json): Reply {
  return { status: 200, body };
}
