import { sql as template } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import type { Sql, SqlTx } from '../../kernel/sql/sql.ts';
import type { ShapeDefinition } from './definition.ts';

/** A shape under one handle. Several handles of one definition may live at once: they share the log. */
export interface StoredShape {
  handle: string;
  definitionKey: string;
  relation: string;
  /** The position of its snapshot; null for a shape that was only ever followed from `now` on. */
  snapshotLsn: number | null;
  /** Null when there is no snapshot, or its chunks were dropped and only the log is left to follow. */
  chunkCount: number | null;
}

interface ShapeRow {
  handle: string;
  definition_key: string;
  relation: string;
  snapshot_lsn: string | null;
  chunk_count: number | null;
}

const COLUMNS = template`handle, definition_key, relation, snapshot_lsn::text AS snapshot_lsn, chunk_count`;

/** A handle is never used twice: it ends in a fresh UUID. */
export function newHandle(definition: ShapeDefinition): string {
  return `${definition.key.slice(0, 12)}-${uuidv7()}`;
}

export async function findShape(sql: Sql, handle: string): Promise<StoredShape | null> {
  const [row] = await sql.rows<ShapeRow>(
    template`SELECT ${COLUMNS} FROM feed.shapes WHERE handle = ${handle}`,
  );
  return row ? fromRow(row) : null;
}

/** The newest shape of the definition, but not `except`; with `snapshot`, only one that has all its chunks. */
export async function newestShape(
  sql: Sql,
  definition: ShapeDefinition,
  { except, snapshot }: { except: string | null; snapshot: boolean },
): Promise<StoredShape | null> {
  const whole = template`chunk_count IS NOT NULL AND chunk_count =
    (SELECT count(*) FROM feed.shape_chunks c WHERE c.handle = s.handle)`;
  const [row] = await sql.rows<ShapeRow>(template`SELECT ${COLUMNS} FROM feed.shapes s
    WHERE definition_key = ${definition.key} AND handle IS DISTINCT FROM ${except}::text
      AND ${snapshot ? whole : template`true`}
    ORDER BY created_at DESC LIMIT 1`);
  return row ? fromRow(row) : null;
}

export async function insertShape(
  tx: SqlTx,
  definition: ShapeDefinition,
  handle: string,
  snapshot: { lsn: number; chunkCount: number; bytes: number } | null,
): Promise<StoredShape> {
  const { relation } = definition.table;
  const snapshotLsn = snapshot?.lsn ?? null;
  const chunkCount = snapshot?.chunkCount ?? null;
  await tx.rows(template`INSERT INTO feed.shapes
    (handle, definition_key, relation, snapshot_lsn, chunk_count, snapshot_bytes)
    VALUES (${handle}, ${definition.key}, ${relation}, ${snapshotLsn}, ${chunkCount}, ${snapshot?.bytes ?? 0})`);
  return { handle, definitionKey: definition.key, relation, snapshotLsn, chunkCount };
}

export async function readChunk(sql: Sql, handle: string, n: number): Promise<string | null> {
  const [row] = await sql.rows<{ body: string }>(
    template`SELECT body FROM feed.shape_chunks WHERE handle = ${handle} AND n = ${n}`,
  );
  return row?.body ?? null;
}

/** Drops the shapes of a table, or one; their clients will be told to fetch anew. Returns the handles. */
export async function dropShapes(
  sql: Sql,
  which: { relation: string } | { handle: string },
): Promise<string[]> {
  const chosen =
    'handle' in which ? template`handle = ${which.handle}` : template`relation = ${which.relation}`;
  return sql.transaction(async (tx) => {
    const dropped = await tx.rows<{ handle: string }>(
      template`DELETE FROM feed.shapes WHERE ${chosen} RETURNING handle`,
    );
    for (const { handle } of dropped) {
      await tx.rows(template`DELETE FROM feed.shape_chunks WHERE handle = ${handle}`);
      await tx.rows(template`SELECT pg_notify('feed', ${`shape:${handle}`}::text)`);
    }
    return dropped.map(({ handle }) => handle);
  });
}

export async function markUsed(sql: Sql, handle: string): Promise<void> {
  await sql.rows(template`UPDATE feed.shapes SET used_at = clock_timestamp() WHERE handle = ${handle}`);
}

function fromRow(row: ShapeRow): StoredShape {
  return {
    handle: row.handle,
    definitionKey: row.definition_key,
    relation: row.relation,
    snapshotLsn: row.snapshot_lsn === null ? null : Number(row.snapshot_lsn),
    chunkCount: row.chunk_count,
  };
}
