import { sql as template } from 'drizzle-orm';
import type { Sql } from '../../kernel/sql/sql.ts';
import type { ShapeDefinition } from './definition.ts';
import { findShape, insertShape, markUsed, newestShape, newHandle, type StoredShape } from './shape-store.ts';
import { type SnapshotOptions, takeSnapshot } from './take-snapshot.ts';

/** Log entries after which a new client is served better by a fresh snapshot than by the old one and the log. */
const MAX_TAIL_ENTRIES = 10_000;
const MARK_USED_MS = 60 * 60 * 1000;
const MAX_REMEMBERED = 20_000;

export interface ShapeHandles {
  /** The shape under this handle, if it is of this definition. */
  find(handle: string, definition: ShapeDefinition): Promise<StoredShape | null>;
  /**
   * A shape with a snapshot that is fresh enough to start from; takes one if need be, once for all who ask. Null
   * when the table is not the definition's any more.
   */
  withSnapshot(definition: ShapeDefinition, except: string | null): Promise<StoredShape | null>;
  /** Any shape of the definition, to follow from now on. */
  any(definition: ShapeDefinition, except: string | null): Promise<StoredShape>;
  /** To be called when a shape was dropped. */
  forget(handle: string): void;
  /** To be called when any shape may have been dropped. */
  forgetAll(): void;
}

export function shapeHandles(sql: Sql, snapshots: SnapshotOptions, now: () => number): ShapeHandles {
  const remembered = new Map<string, { shape: StoredShape; markedAt: number }>();
  const taking = new Map<string, Promise<StoredShape | null>>();

  function remember(shape: StoredShape, markedAt: number): StoredShape {
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(shape.handle, { shape, markedAt });
    return shape;
  }

  /** The time of use decides what is dropped first; an hour is exact enough, and spares a commit a request. */
  async function use(shape: StoredShape): Promise<StoredShape> {
    const at = now();
    const markedAt = remembered.get(shape.handle)?.markedAt ?? 0;
    if (at - markedAt >= MARK_USED_MS) {
      remember(shape, at);
      await markUsed(sql, shape.handle);
    }
    return shape;
  }

  function take(definition: ShapeDefinition): Promise<StoredShape | null> {
    const underway = taking.get(definition.key);
    if (underway) return underway;
    const taken = takeSnapshot(sql, definition, snapshots)
      .then((shape) => shape && remember(shape, now()))
      .finally(() => taking.delete(definition.key));
    taking.set(definition.key, taken);
    return taken;
  }

  return {
    async find(handle, definition) {
      const shape = remembered.get(handle)?.shape ?? (await findShape(sql, handle));
      return shape?.definitionKey === definition.key ? use(shape) : null;
    },
    async withSnapshot(definition, except) {
      const shape = await newestShape(sql, definition, { except, snapshot: true });
      if (shape && (await isFresh(sql, shape))) return use(shape);
      return take(definition);
    },
    async any(definition, except) {
      const shape = await newestShape(sql, definition, { except, snapshot: false });
      if (shape) return use(shape);
      return remember(await insertShape(sql, definition, newHandle(definition), null), now());
    },
    forget(handle) {
      remembered.delete(handle);
    },
    forgetAll() {
      remembered.clear();
    },
  };
}

async function isFresh(sql: Sql, shape: StoredShape): Promise<boolean> {
  const [tail] = await sql.rows<{ fresh: boolean }>(template`
    SELECT ${shape.snapshotLsn}::bigint >= floor AND (SELECT count(*) FROM (
      SELECT FROM feed.log WHERE relation = ${shape.relation} AND lsn > ${shape.snapshotLsn}::bigint
      LIMIT ${MAX_TAIL_ENTRIES + 1}) t) <= ${MAX_TAIL_ENTRIES} AS fresh
    FROM feed.position`);
  return tail!.fresh;
}
