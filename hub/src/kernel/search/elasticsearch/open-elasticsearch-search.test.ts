import { asButikError } from '@butik/proto/errors/butik-error';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Guard } from '../../resilience/guard.ts';
import type { IndexDefinition, Search, SearchIndex } from '../search.ts';
import { openElasticsearchSearch } from './open-elasticsearch-search.ts';
import { type RecordedServer, startRecordedServer } from './recorded/recorded-server.ts';

const GOODS: IndexDefinition = {
  name: 'goods',
  version: 1,
  text: { name: 'A', description: 'D' },
  codes: ['code'],
  facets: ['tags', 'active'],
};
const BULK = 'POST /butik-goods-v1/_bulk';
const SEARCH = 'POST /butik-goods/_search';

let server: RecordedServer;
let search: Search;
let index: SearchIndex;
beforeEach(async () => {
  server = await startRecordedServer();
  search = await openElasticsearchSearch({ url: server.url, prefix: 'butik', retryMs: 1 });
  index = await search.openIndex(GOODS);
  server.requests.length = 0;
});
afterEach(async () => {
  await search.close();
  await server.close();
  expect(server.complaints).toEqual([]);
});

const goods = (id: string, version = '0001', name = 'Crème fraîche') => ({
  id,
  version,
  fields: { code: 'MJ-1', name, description: null, tags: ['svensk'], active: true },
});
const documents = () => server.state.indexes.get('butik-goods-v1')!.documents;

test('an index is made with Swedish and English stems and searched under its alias', async () => {
  const made = server.state.indexes.get('butik-goods-v1')!;
  expect([...made.aliases]).toEqual(['butik-goods']);
  expect(made.mappings.properties.text.properties.name.fields).toMatchObject({
    swedish: { analyzer: 'swedish_ends', search_analyzer: 'swedish_stems' },
    english: { analyzer: 'english_stems' },
  });
  expect(made.settings.analysis.filter.swedish_stem).toEqual({ type: 'stemmer', language: 'swedish' });
  expect(index.fresh).toBe(true);
});

test('every analyzer and filter that is named is there', () => {
  const { settings, mappings } = server.state.indexes.get('butik-goods-v1')!;
  const { analyzer, filter } = settings.analysis;
  const named = [...JSON.stringify(mappings).matchAll(/"(?:search_)?analyzer":"(\w+)"/g)].map(
    ([, name]) => name,
  );
  expect(Object.keys(analyzer)).toEqual(expect.arrayContaining(named));
  const filters = Object.values(analyzer as Record<string, { filter: string[] }>).flatMap(
    (one) => one.filter,
  );
  expect([...Object.keys(filter), 'reverse']).toEqual(expect.arrayContaining(filters));
});

test('a document is sent with its words folded, and what was put comes back with it', async () => {
  await index.put([goods('one')]);
  expect(documents().get('one')).toEqual({
    ...goods('one'),
    removed: false,
    codes: ['mj-1'],
    code_words: 'mj 1',
    text: { name: 'creme fraiche', description: '' },
    facets: { tags: ['svensk'], active: ['true'] },
  });
});

test('a search sends its filters, page and facets, and reads hits, total and counts', async () => {
  let sent: { from: number; size: number; query: { bool: { filter: unknown[] } } } | undefined;
  server.state.found = (body) => {
    sent = body;
    return {
      hits: {
        total: { value: 41, relation: 'eq' },
        max_score: null,
        hits: [
          {
            _index: 'butik-goods-v1',
            _id: 'one',
            _score: 1_040,
            _source: goods('one'),
            sort: [1_040, 'one'],
          },
        ],
      },
      aggregations: { tags: { buckets: [{ key: 'svensk', doc_count: 40 }], sum_other_doc_count: 1 } },
    };
  };
  const query = { text: 'crème', filters: { active: [true] }, facets: ['tags'], limit: 20, offset: 40 };
  expect(await index.search(query)).toEqual({
    hits: [{ id: 'one', score: 1_040, fields: goods('one').fields }],
    total: 41,
    facets: { tags: [{ value: 'svensk', count: 40 }] },
  });
  expect(sent).toMatchObject({ from: 40, size: 20 });
  expect(sent!.query.bool.filter).toEqual([
    { term: { removed: false } },
    { terms: { 'facets.active': ['true'] } },
  ]);
});

test('typing errors are looked for only when nothing else was found', async () => {
  const sent: string[] = [];
  server.state.found = (body) => {
    const text = JSON.stringify(body);
    sent.push(text);
    const value = text.includes('AUTO:4,8') ? 1 : 0;
    return { hits: { total: { value, relation: 'eq' }, max_score: null, hits: [] } };
  };
  expect((await index.search({ text: 'kannelbulle', limit: 1 })).total).toBe(1);
  expect(sent.map((text) => text.includes('fuzzy'))).toEqual([false, true]);
});

test('signs are not sent as operators, and a text of signs alone matches nothing', async () => {
  const sent: string[] = [];
  server.state.found = (body) => {
    sent.push(JSON.stringify(body.query));
    return { hits: { total: { value: 0, relation: 'eq' }, max_score: null, hits: [] } };
  };
  await index.search({ text: '\0', limit: 1 });
  expect(sent[0]).toContain('match_none');
  await index.search({ text: 'name:* OR "x"', limit: 1 });
  expect(sent[1]).not.toMatch(/query_string|wildcard|regexp/);
});

test('an older write that comes late changes nothing, and a removal leaves its mark', async () => {
  await index.put([goods('one', '0002', 'Nyttnamn'), goods('one', '0001', 'Gammalnamn')]);
  await index.put([goods('one', '0001', 'Gammalnamn')]);
  expect(documents().get('one').fields.name).toBe('Nyttnamn');
  await index.remove([{ id: 'one', version: '0003' }]);
  await index.put([goods('one', '0002', 'Nyttnamn')]);
  expect(documents().get('one')).toMatchObject({ removed: true, version: '0003', text: { name: '' } });
});

test('documents are sent in parts that the engine takes', async () => {
  await index.put(Array.from({ length: 1_100 }, (_, n) => goods(`n${n}`)));
  expect(server.requests).toEqual([BULK, BULK, BULK]);
  expect(documents().size).toBe(1_100);
});

test('a document that the engine refuses does not hold up the others, and is named', async () => {
  server.state.refuse = (id) =>
    id === 'two'
      ? {
          status: 400,
          error: { type: 'document_parsing_exception', reason: 'failed to parse field [codes]' },
        }
      : undefined;
  await expect(index.put([goods('one'), goods('two'), goods('three')])).rejects.toMatchObject({
    code: 'INTERNAL',
    details: {
      refused: [{ id: 'two', reason: 'document_parsing_exception: failed to parse field [codes]' }],
    },
  });
  expect([...documents().keys()].sort()).toEqual(['one', 'three']);
  expect(server.requests).toEqual([BULK]);
});

test('of many documents only those that the engine had no room for are sent again', async () => {
  let full = 2;
  server.state.refuse = (id) =>
    id === 'two' && full-- > 0
      ? { status: 429, error: { type: 'es_rejected_execution_exception', reason: 'queue is full' } }
      : undefined;
  await index.put([goods('one'), goods('two')]);
  expect([...documents().keys()].sort()).toEqual(['one', 'two']);
  expect(server.requests).toEqual([BULK, BULK, BULK]);
});

test('an engine that never has room is given up after a bounded number of times', async () => {
  server.state.refuse = () => ({
    status: 429,
    error: { type: 'es_rejected_execution_exception', reason: 'queue is full' },
  });
  await expect(index.put([goods('one')])).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    details: { part: 'search', documents: 1 },
  });
  expect(server.requests).toHaveLength(5);
});

test.for([
  ['too many requests', { status: 429, type: 'circuit_breaking_exception' }, 'SERVICE_UNAVAILABLE'],
  ['no shard is there', { status: 503, type: 'search_phase_execution_exception' }, 'SERVICE_UNAVAILABLE'],
  ['a line cut in the middle of the answer', 'cut', 'SERVICE_UNAVAILABLE'],
  ['a request it does not understand', { status: 400, type: 'parsing_exception' }, 'INTERNAL'],
] as const)('%s: the caller is told, and the next search is answered', async ([, fault, code]) => {
  server.play(SEARCH, [fault]);
  const failing = index.search({ text: '', limit: 1 });
  await expect(failing).rejects.toMatchObject({ code, details: { part: 'search' } });
  expect((await index.search({ text: '', limit: 1 })).total).toBe(0);
});

test('a write whose answer was lost is made again without harm', async () => {
  server.play(BULK, ['cut']);
  await expect(index.put([goods('one')])).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  expect(documents().size).toBe(1);
  await index.put([goods('one')]);
  expect(documents().size).toBe(1);
});

test('an engine that does not answer in time is given up', async () => {
  server.play(SEARCH, ['silence']);
  const hasty = await openElasticsearchSearch({ url: server.url, prefix: 'butik', requestTimeoutMs: 50 });
  const goodsIndex = await hasty.openIndex(GOODS);
  await expect(goodsIndex.search({ text: '', limit: 1 })).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
  });
  await hasty.close();
});

test('the guard decides how often a request is made', async () => {
  const guard: Guard = {
    async run(call) {
      const { signal } = new AbortController();
      return await call(signal).catch((error) => {
        if (asButikError(error).code !== 'SERVICE_UNAVAILABLE') throw error;
        return call(signal);
      });
    },
  };
  const guarded = await openElasticsearchSearch({ url: server.url, prefix: 'butik', guard });
  const goodsIndex = await guarded.openIndex(GOODS);
  server.play(SEARCH, ['cut']);
  expect((await goodsIndex.search({ text: '', limit: 1 })).total).toBe(0);
  await guarded.close();
});

test('an index is fresh until it is filled, for another process too', async () => {
  const again = await search.openIndex(GOODS);
  expect(again.fresh).toBe(true);
  await again.markFilled();
  expect(again.fresh).toBe(false);
  expect((await search.openIndex(GOODS)).fresh).toBe(false);
});

test('a raised version is searched once it is filled, and only the one before it is kept', async () => {
  await index.markFilled();
  const aliases = () =>
    [...server.state.indexes].map(([name, { aliases }]) => [name, [...aliases].join()] as const);
  const second = await search.openIndex({ ...GOODS, version: 2 });
  expect(aliases()).toEqual([
    ['butik-goods-v1', 'butik-goods'],
    ['butik-goods-v2', ''],
  ]);
  await second.markFilled();
  const third = await search.openIndex({ ...GOODS, version: 10 });
  await third.markFilled();
  expect(aliases()).toEqual([
    ['butik-goods-v2', ''],
    ['butik-goods-v10', 'butik-goods'],
  ]);
});

test('an engine that is away is SERVICE_UNAVAILABLE when an index is opened', async () => {
  const away = await startRecordedServer();
  await away.close();
  const lost = await openElasticsearchSearch({ url: away.url, prefix: 'butik' });
  await expect(lost.openIndex(GOODS)).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    details: { part: 'search' },
  });
  await lost.close();
});
