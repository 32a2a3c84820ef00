import { defineCollection } from '@butik/proto/collections/define-collection';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { openStore } from '../../store/open-store.ts';
import type { Store } from '../../store/store.ts';
import { replicaMigrations } from './migrations.ts';
import { openReplica } from './replica.ts';

const campaigns = defineCollection({
  name: 'campaigns',
  version: 1,
  scoping: 'chain',
  key: ['id'],
  columns: { id: 'text', percent: 'integer' },
});
const withText = { ...campaigns, columns: { ...campaigns.columns, text: 'text?' as const } };
const ports = { clock: { now: () => 1_000_000 }, newId: () => 'id' };
const place = { handle: 'h1', offset: '5_0' };

let store: Store;
afterEach(() => store.close());

function open(migrations = replicaMigrations([campaigns])): void {
  store = openStore({ file: ':memory:', migrations, logger: pino({ level: 'silent' }) });
}
const cutOf = (value: Record<string, unknown>, position: string) => ({
  position,
  collections: new Map([
    [
      'campaigns',
      {
        changes: [{ value, headers: { operation: 'insert' as const, lsn: position } }],
        refetched: false,
        place,
      },
    ],
  ]),
});
const rows = () => store.db.prepare('SELECT * FROM campaigns ORDER BY id').all();

test('a column that a collection gained is there after the update, empty until the hub fills it', async () => {
  open();
  await openReplica(store, [campaigns], ports).commit(cutOf({ id: 'a', percent: 10 }, '5'));
  const updated = openReplica(store, [withText], ports);
  expect(updated.resume('campaigns')).toEqual({ place, staging: false });
  await updated.commit(cutOf({ id: 'b', percent: 20, text: 'Halva priset' }, '6'));
  expect(rows()).toEqual([
    { id: 'a', percent: 10, text: null },
    { id: 'b', percent: 20, text: 'Halva priset' },
  ]);
});

test('a raised version loads the collection anew and keeps its rows until then', async () => {
  open();
  await openReplica(store, [campaigns], ports).commit(cutOf({ id: 'a', percent: 10 }, '5'));
  const known = replicaMigrations([campaigns]).map(({ id }) => id);
  const raised = replicaMigrations([{ ...campaigns, version: 2 }]);
  expect(raised.map(({ id }) => id)).toEqual([...known, 'replica-campaigns-2']);
  store.db.exec(raised.at(-1)!.up);
  expect(openReplica(store, [campaigns], ports).resume('campaigns')).toBeNull();
  expect(rows()).toEqual([{ id: 'a', percent: 10 }]);
});

test('a change of a column that this box does not know yet is taken without it', async () => {
  open();
  await openReplica(store, [campaigns], ports).commit(cutOf({ id: 'a', percent: 10, text: 'Ny' }, '5'));
  expect(rows()).toEqual([{ id: 'a', percent: 10 }]);
});

test('a cut is written whole or not at all', async () => {
  open();
  const replica = openReplica(store, [campaigns], ports);
  await replica.commit(cutOf({ id: 'a', percent: 10 }, '5'));
  await expect(replica.commit(cutOf({ id: 'b', percent: 'ten' }, '6'))).rejects.toThrow();
  expect(rows()).toEqual([{ id: 'a', percent: 10 }]);
  expect(replica.cut()).toEqual({ position: '5', committedAt: 1_000_000 });
  expect(store.db.prepare('SELECT position FROM replica_cut').all()).toEqual([{ position: '5' }]);
});
