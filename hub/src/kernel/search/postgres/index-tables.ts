import { type SQL, sql as template } from 'drizzle-orm';
import type { Sql } from '../../sql/sql.ts';
import type { IndexDefinition } from '../search.ts';

/** The tables of one version of an index. */
export interface IndexTables {
  documents: SQL;
  words: SQL;
}

export function indexTables(name: string, version: number): IndexTables {
  const table = `${name}_${version}`;
  const quote = (text: string) => template`search.${template.identifier(text)}`;
  return { documents: quote(table), words: quote(`${table}_words`) };
}

/**
 * Makes the tables of an index where they are missing; true when it has been filled. The documents are one table;
 * the other has each word of theirs once, to look for what a mistyped one may have meant.
 */
export async function makeTables(sql: Sql, { name, version }: IndexDefinition): Promise<boolean> {
  const { documents, words } = indexTables(name, version);
  return await sql.transaction(async (tx) => {
    await tx.rows(LOCK);
    await tx.rows(template`CREATE SCHEMA IF NOT EXISTS search`);
    await tx.rows(template`CREATE TABLE IF NOT EXISTS search.indexes (
      name text NOT NULL, version integer NOT NULL, filled boolean NOT NULL DEFAULT false,
      PRIMARY KEY (name, version))`);
    const made = await tx.rows(template`INSERT INTO search.indexes (name, version)
      VALUES (${name}, ${version}) ON CONFLICT DO NOTHING RETURNING name`);
    if (made.length > 0) {
      await tx.rows(template`CREATE TABLE ${documents} (
        id text COLLATE "C" PRIMARY KEY, version text COLLATE "C" NOT NULL, removed boolean NOT NULL,
        fields jsonb NOT NULL, terms tsvector NOT NULL, facets text[] NOT NULL)`);
      await tx.rows(template`CREATE INDEX ON ${documents} USING gin (terms)`);
      await tx.rows(template`CREATE INDEX ON ${documents} USING gin (facets)`);
      await tx.rows(
        template`CREATE TABLE ${words} (word text COLLATE "C" PRIMARY KEY, trigrams text[] NOT NULL)`,
      );
      await tx.rows(template`CREATE INDEX ON ${words} USING gin (trigrams)`);
    }
    const [index] = await tx.rows<{ filled: boolean }>(
      template`SELECT filled FROM search.indexes WHERE name = ${name} AND version = ${version}`,
    );
    return index!.filled;
  }, UNHURRIED);
}

/** Notes that the index is filled and drops what is older than the version before it. */
export async function noteFilled(sql: Sql, { name, version }: IndexDefinition): Promise<void> {
  await sql.transaction(async (tx) => {
    await tx.rows(LOCK);
    await tx.rows(template`UPDATE search.indexes SET filled = true
      WHERE name = ${name} AND version = ${version}`);
    const outdated = await tx.rows<{ version: number }>(template`DELETE FROM search.indexes
      WHERE name = ${name} AND version < (
        SELECT max(version) FROM search.indexes WHERE name = ${name} AND version < ${version})
      RETURNING version`);
    for (const old of outdated) {
      const tables = indexTables(name, old.version);
      await tx.rows(template`DROP TABLE ${tables.documents}, ${tables.words}`);
    }
  }, UNHURRIED);
}

/** The newest version up to this one that is filled; undefined when none is. */
export async function filledVersion(
  sql: Sql,
  { name, version }: IndexDefinition,
): Promise<number | undefined> {
  const [found] = await sql.rows<{ version: number }>(template`SELECT version FROM search.indexes
    WHERE name = ${name} AND version <= ${version} AND filled ORDER BY version DESC LIMIT 1`);
  return found?.version;
}

const UNHURRIED = { statementTimeoutMs: 0 };

/** Any constant will do; it is the search's own. */
const LOCK = template`SELECT pg_advisory_xact_lock(7403216)`;
