import { ButikError } from '@butik/proto/errors/butik-error';
import { Client, type estypes } from '@elastic/elasticsearch';
import type { Guard } from '../../resilience/guard.ts';
import { checkDefinition, checkDocuments, checkQuery } from '../check-search.ts';
import { latestWrites } from '../latest-writes.ts';
import type { IndexDefinition, Search, SearchDocument, SearchIndex, SearchResult } from '../search.ts';
import { queryWords } from '../words.ts';
import { type AskEngine, openEngine } from './ask-engine.ts';
import { type DocumentSource, documentSource } from './document-source.ts';
import { indexNames, makeIndex, noteFilled } from './make-index.ts';
import { searchRequest } from './search-request.ts';
import { writeDocuments } from './write-documents.ts';

export interface ElasticsearchOptions {
  /** `https://user:password@host:9200`. */
  url: string;
  /** First part of the names of its indexes: lower case letters, digits, `-` and `_`. */
  prefix: string;
  /** Retries and breaks the circuit; without one each request is made once. */
  guard?: Guard;
  /** How long one request may take; 10 s. */
  requestTimeoutMs?: number;
  /** Pause before documents that the engine had no room for are offered again, doubled each time up to ten times; 200. */
  retryMs?: number;
}

/** The search on Elasticsearch 9. It connects when it is first asked. */
export async function openElasticsearchSearch(options: ElasticsearchOptions): Promise<Search> {
  const { url, prefix, guard, requestTimeoutMs = 10_000, retryMs = 200 } = options;
  const client = new Client({ node: url, requestTimeout: requestTimeoutMs, maxRetries: 0 });
  const engine = openEngine(client, guard);
  let closed = false;
  const ask: AskEngine = async (call) => {
    if (!closed) return await engine(call);
    throw new ButikError('SERVICE_UNAVAILABLE', {
      message: 'The search is closed.',
      details: { part: 'search' },
    });
  };
  return {
    async openIndex(definition) {
      checkDefinition(definition);
      return await openIndex(ask, definition, { prefix, retryMs });
    },
    async close() {
      if (closed) return;
      closed = true;
      await client.close();
    },
  };
}

async function openIndex(
  ask: AskEngine,
  definition: IndexDefinition,
  { prefix, retryMs }: { prefix: string; retryMs: number },
): Promise<SearchIndex> {
  const names = indexNames(prefix, definition);
  let filled = await makeIndex(ask, definition, names);

  async function write(
    documents: readonly (Pick<SearchDocument, 'id' | 'version'> & Partial<SearchDocument>)[],
  ): Promise<void> {
    checkDocuments(definition, documents);
    const sources = latestWrites(documents).map((document) => documentSource(definition, document));
    await writeDocuments(ask, names.index, sources, { retryMs });
  }

  return {
    get fresh() {
      return !filled;
    },
    put: (documents) => write(documents),
    remove: (documents) => write(documents.map(({ id, version }) => ({ id, version }))),
    async search(query) {
      checkQuery(definition, query);
      const find = (forgiving: boolean) =>
        ask((client, options) =>
          client.search<DocumentSource>(
            { index: names.alias, ...searchRequest(definition, query, forgiving) },
            options,
          ),
        );
      const typed = toResult(await find(false), query.facets);
      if (typed.total > 0 || queryWords(query.text).length === 0) return typed;
      return toResult(await find(true), query.facets);
    },
    async markFilled() {
      await noteFilled(ask, definition, names);
      filled = true;
    },
    async refresh() {
      await ask((client, options) => client.indices.refresh({ index: names.index }, options));
    },
  };
}

function toResult(
  { hits, aggregations = {} }: estypes.SearchResponse<DocumentSource>,
  facets: readonly string[] = [],
): SearchResult {
  const counts = facets.map((field) => {
    const counted = aggregations[field] as estypes.AggregationsStringTermsAggregate | undefined;
    const buckets = (counted?.buckets ?? []) as estypes.AggregationsStringTermsBucket[];
    return [field, buckets.map(({ key, doc_count }) => ({ value: String(key), count: doc_count }))] as const;
  });
  return {
    hits: hits.hits.map(({ _id, _score, _source }) => ({
      id: _id!,
      score: _score ?? 0,
      fields: _source!.fields,
    })),
    total: typeof hits.total === 'number' ? hits.total : (hits.total?.value ?? 0),
    facets: Object.fromEntries(counts),
  };
}
