import type { Collection } from '@butik/proto/collections/define-collection';
import type { CutChange, StreamPlace } from '@butik/sync/collection-log';
import type { Cut } from '@butik/sync/cut';
import type { Ports } from '../../ports.ts';
import type { Store } from '../../store/store.ts';
import { addMissingColumns, stagingTable } from './migrations.ts';
import { forgetPlace, readCut, readPlace, writeCut, writePlace } from './replica-state.ts';
import { swapStaged } from './swap-staged.ts';
import { type ChangeWriter, createChangeWriter } from './write-change.ts';

/** The hub's collections in the shop's store. Every method that writes resolves when it is durable. */
export interface Replica {
  /** Where to go on: with the committed rows, or with a load that was under way. Null starts a load. */
  resume(collection: string): { place: StreamPlace; staging: boolean } | null;
  /** Starts a load: what was staged before is dropped. The rows in use stay in use. */
  beginLoad(collection: string): Promise<void>;
  /** Stages rows of a load, in chunks that let sales through. */
  stage(collection: string, changes: readonly CutChange[], place: StreamPlace): Promise<void>;
  /** Rows, places and position in one transaction. Returns the collections that changed. */
  commit(cut: Cut): Promise<string[]>;
  /** Makes the next session load this collection from its beginning. */
  forget(collection: string): Promise<void>;
  cut(): { position: string; committedAt: number } | null;
}

const STAGE_ROWS = 1_000;
/** A cut without changes is written this seldom; it only spares the hub a longer catch-up. */
const QUIET_CUT_MS = 60_000;

export function openReplica(store: Store, collections: readonly Collection[], ports: Ports): Replica {
  const { db } = store;
  for (const collection of collections) addMissingColumns(db, collection);
  const rooms = new Map(
    collections.map((collection) => [
      collection.name,
      {
        collection,
        live: createChangeWriter(db, collection, collection.name),
        staged: createChangeWriter(db, collection, stagingTable(collection)),
      },
    ]),
  );
  let lastCut = readCut(db);
  let writtenAt = lastCut?.committedAt ?? 0;

  function room(name: string): { collection: Collection; live: ChangeWriter; staged: ChangeWriter } {
    const found = rooms.get(name);
    if (!found) throw new Error(`no collection ${name}`);
    return found;
  }

  return {
    cut: () => lastCut,
    resume(name) {
      const load = readPlace(db, 'replica_staging', name);
      if (load) return { place: load, staging: true };
      const place = readPlace(db, 'replica_positions', name);
      return place && { place, staging: false };
    },
    beginLoad(name) {
      return store.write(() => {
        db.exec(`DELETE FROM "${stagingTable(room(name).collection)}"`);
        forgetPlace(db, 'replica_staging', name);
      });
    },
    async stage(name, changes, place) {
      const { staged } = room(name);
      for (let from = 0; from < changes.length; from += STAGE_ROWS) {
        const isLast = from + STAGE_ROWS >= changes.length;
        await store.write(() => {
          for (const change of changes.slice(from, from + STAGE_ROWS)) staged(change);
          if (isLast) writePlace(db, 'replica_staging', name, place);
        });
      }
    },
    async commit(cut) {
      const changed = [...cut.collections].filter(([, taken]) => taken.refetched || taken.changes.length > 0);
      const now = ports.clock.now();
      if (changed.length > 0 || Math.abs(now - writtenAt) >= QUIET_CUT_MS) {
        await store.write(() => {
          for (const [name, taken] of cut.collections) {
            const { collection, live } = room(name);
            if (taken.refetched) {
              swapStaged(db, collection);
              forgetPlace(db, 'replica_staging', name);
            }
            for (const change of taken.changes) live(change);
            if (taken.place) writePlace(db, 'replica_positions', name, taken.place);
          }
          writeCut(db, cut.position, now);
        });
        writtenAt = now;
      }
      lastCut = { position: cut.position, committedAt: now };
      return changed.map(([name]) => name);
    },
    forget(name) {
      return store.write(() => {
        forgetPlace(db, 'replica_positions', name);
        forgetPlace(db, 'replica_staging', name);
      });
    },
  };
}
