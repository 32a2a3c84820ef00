import { type Collection, type ColumnSpec, columnType } from '@butik/proto/collections/define-collection';
import { COLLECTIONS } from '@butik/proto/collections/registry';
import { sql as template } from 'drizzle-orm';
import { migrate } from '../kernel/sql/migrate.ts';
import type { Sql, SqlTx } from '../kernel/sql/sql.ts';
import { describeTable } from './capture/describe-table.ts';
import { installCapture } from './capture/install-capture.ts';
import { FEED_MIGRATIONS, RESERVED_NAMES } from './capture/migrations.ts';
import { quoteName } from './capture/quote.ts';
import { dropShapes } from './shapes/shape-store.ts';

/** What each column type of a collection is in PostgreSQL. */
export const SQL_TYPES = {
  uuid: 'uuid',
  text: 'text',
  integer: 'integer',
  boolean: 'boolean',
  json: 'jsonb',
} as const;

/**
 * Makes the schema `feed`: the log, and a captured table for each collection. A nullable column that a
 * collection gained is added, and shops go on by the log; a raised version makes them fetch it anew.
 * Throws when a table cannot become what its collection says without a migration of its rows.
 */
export async function ensureFeedTables(
  sql: Sql,
  collections: readonly Collection[] = COLLECTIONS,
): Promise<void> {
  await migrate(sql, 'feed', FEED_MIGRATIONS);
  for (const collection of collections) {
    const raised = await sql.transaction(
      async (tx) => {
        await tx.rows(LOCK);
        await ensureTable(tx, collection);
        return raiseVersion(tx, collection);
      },
      { statementTimeoutMs: 0 },
    );
    if (raised) await dropShapes(sql, { relation: relationOf(collection) });
  }
}

/** Several hubs that start together make the tables one after the other. Any constant will do; it is this one's own. */
const LOCK = template`SELECT pg_advisory_xact_lock(7403216)`;

/** A collection's table as SQL names it, and as the log does. */
export function relationOf({ name }: Pick<Collection, 'name'>): string {
  return `${quoteName('feed')}.${quoteName(name)}`;
}

async function ensureTable(tx: SqlTx, collection: Collection): Promise<void> {
  const { name, columns, key, scoping } = collection;
  if (RESERVED_NAMES.includes(name)) throw new Error(`No collection can be called ${name}.`);
  const found = await describeTable(tx, { schema: 'feed', table: name });
  if (!found) {
    const specs = Object.entries(columns).map(([column, spec]) => columnDefinition(column, spec));
    await tx.rows(
      template.raw(`CREATE TABLE ${relationOf(collection)}
        (${specs.join(', ')}, PRIMARY KEY (${key.map(quoteName).join(', ')}))`),
    );
    if (scoping === 'scoped')
      await tx.rows(template.raw(`CREATE INDEX ON ${relationOf(collection)} (scope)`));
  }
  let changed = false;
  for (const [column, spec] of Object.entries(found ? columns : {})) {
    const { type, nullable } = columnType(spec);
    const there = found!.columns.find((candidate) => candidate.name === column);
    if (there && there.sqlType !== SQL_TYPES[type]) {
      throw new Error(
        `feed.${name}.${column} is ${there.sqlType}, not ${SQL_TYPES[type]}: it needs a migration.`,
      );
    }
    if (there?.notNull && nullable) {
      await tx.rows(
        template.raw(`ALTER TABLE ${relationOf(collection)} ALTER ${quoteName(column)} DROP NOT NULL`),
      );
      changed = true;
    }
    if (there) continue;
    if (!nullable)
      throw new Error(`feed.${name} lacks ${column}, which is not nullable: it needs a migration.`);
    await tx.rows(
      template.raw(`ALTER TABLE ${relationOf(collection)} ADD ${columnDefinition(column, spec)}`),
    );
    changed = true;
  }
  if (changed || !found?.capture) await installCapture(tx, { schema: 'feed', table: name });
}

function columnDefinition(column: string, spec: ColumnSpec): string {
  const { type, nullable } = columnType(spec);
  return `${quoteName(column)} ${SQL_TYPES[type]}${nullable ? '' : ' NOT NULL'}`;
}

async function raiseVersion(tx: SqlTx, { name, version }: Collection): Promise<boolean> {
  const [noted] = await tx.rows<{ version: number }>(
    template`SELECT version FROM feed.collections WHERE name = ${name}`,
  );
  await tx.rows(template`INSERT INTO feed.collections (name, version) VALUES (${name}, ${version})
    ON CONFLICT (name) DO UPDATE SET version = excluded.version`);
  return noted !== undefined && noted.version !== version;
}
