import { ButikError } from '@butik/proto/errors/butik-error';
import type { Sql } from '../../sql/sql.ts';
import { checkDefinition, checkDocuments, checkQuery } from '../check-search.ts';
import { latestWrites } from '../latest-writes.ts';
import type { IndexDefinition, Search, SearchIndex } from '../search.ts';
import { filledVersion, indexTables, makeTables, noteFilled } from './index-tables.ts';
import { searchDocuments } from './search-documents.ts';
import { openStemmer, type Stemmer } from './stem-words.ts';
import { type DocumentWrite, writeDocuments } from './write-documents.ts';

/**
 * The search in the relational store, alike on PGlite and PostgreSQL, without an extension. `close` leaves the
 * store open, since it is the caller's. A write is seen as soon as it is there: `refresh` has nothing to do.
 */
export async function openPostgresSearch({ sql }: { sql: Sql }): Promise<Search> {
  const stem = openStemmer(sql);
  let closed = false;
  const assertOpen = () => {
    if (!closed) return;
    throw new ButikError('SERVICE_UNAVAILABLE', {
      message: 'The search is closed.',
      details: { part: 'search' },
    });
  };
  return {
    async openIndex(definition) {
      assertOpen();
      checkDefinition(definition);
      return await openIndex(sql, definition, { stem, assertOpen });
    },
    async close() {
      closed = true;
    },
  };
}

async function openIndex(
  sql: Sql,
  definition: IndexDefinition,
  { stem, assertOpen }: { stem: Stemmer; assertOpen(): void },
): Promise<SearchIndex> {
  let filled = await makeTables(sql, definition);
  const tables = indexTables(definition.name, definition.version);

  async function write(writes: readonly DocumentWrite[]): Promise<void> {
    assertOpen();
    checkDocuments(definition, writes);
    await writeDocuments(sql, latestWrites(writes), { definition, tables, stem });
  }

  /** The own tables, or the former version's while these are not filled. */
  async function searched() {
    if (filled) return tables;
    const version = await filledVersion(sql, definition);
    filled = version === definition.version;
    return version === undefined ? tables : indexTables(definition.name, version);
  }

  return {
    get fresh() {
      return !filled;
    },
    put: (documents) => write(documents),
    remove: (documents) => write(documents.map(({ id, version }) => ({ id, version }))),
    async search(query) {
      assertOpen();
      checkQuery(definition, query);
      return await searchDocuments(sql, { tables: await searched(), stem, query });
    },
    async markFilled() {
      assertOpen();
      await noteFilled(sql, definition);
      filled = true;
    },
    async refresh() {
      assertOpen();
    },
  };
}
