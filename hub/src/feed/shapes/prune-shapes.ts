import { sql as template } from 'drizzle-orm';
import type { Sql } from '../../kernel/sql/sql.ts';
import { dropShapes } from './shape-store.ts';

export interface ShapeLimits {
  /** A snapshot that nobody started from for this long loses its chunks; the handle goes on by the log. */
  snapshotIdleMs: number;
  /** Chunks of all snapshots together; those unused longest go first. */
  snapshotBytes: number;
  /** A shape that nobody followed for this long is dropped. */
  shapeIdleMs: number;
  /** Shapes in all; those unused longest go first. */
  shapes: number;
}

const HOUR_MS = 3_600_000;

/** Uses are noted to the hour, so the limits in time are some hours at least. */
export const SHAPE_LIMITS: ShapeLimits = {
  snapshotIdleMs: 6 * HOUR_MS,
  snapshotBytes: 4 * 1024 ** 3,
  shapeIdleMs: 180 * 24 * HOUR_MS,
  shapes: 10_000,
};

/** Frees what is beyond the limits. Returns the handles of dropped shapes. */
export async function pruneShapes(
  sql: Sql,
  nowMs: number,
  limits: ShapeLimits = SHAPE_LIMITS,
): Promise<string[]> {
  const idleSince = (ms: number) => template`${new Date(nowMs - ms).toISOString()}::timestamptz`;
  await sql.transaction(async (tx) => {
    const emptied = await tx.rows<{ handle: string }>(template`
      UPDATE feed.shapes SET chunk_count = NULL, snapshot_bytes = 0 WHERE handle IN (
        SELECT handle FROM (
          SELECT handle, used_at, sum(snapshot_bytes) OVER (ORDER BY used_at DESC, handle) AS kept
          FROM feed.shapes WHERE chunk_count IS NOT NULL) s
        WHERE used_at < ${idleSince(limits.snapshotIdleMs)} OR kept > ${limits.snapshotBytes}::bigint)
      RETURNING handle`);
    for (const { handle } of emptied) {
      await tx.rows(template`DELETE FROM feed.shape_chunks WHERE handle = ${handle}`);
      await tx.rows(template`SELECT pg_notify('feed', ${`shape:${handle}`}::text)`);
    }
  });
  const unused = await sql.rows<{ handle: string }>(template`
    SELECT handle FROM (SELECT handle, used_at, row_number() OVER (ORDER BY used_at DESC, handle) AS place FROM feed.shapes) s
    WHERE used_at < ${idleSince(limits.shapeIdleMs)} OR place > ${limits.shapes}`);
  for (const { handle } of unused) await dropShapes(sql, { handle });
  return unused.map(({ handle }) => handle);
}
