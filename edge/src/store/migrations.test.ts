import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeTestFolder } from '../testing/open-test-edge.ts';
import { migrations } from './migrations.ts';
import { openStore } from './open-store.ts';
import type { Migration, Store } from './store.ts';

let folder: string;
let store: Store | undefined;
beforeEach(() => {
  folder = makeTestFolder();
});
afterEach(async () => {
  vi.doUnmock('@butik/proto/collections/products');
  vi.doUnmock('@butik/proto/collections/prices');
  vi.resetModules();
  await store?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(steps: readonly Migration[]): Promise<Store> {
  await store?.close();
  store = openStore({ file: join(folder, 'shop.db'), migrations: steps, logger: pino({ level: 'silent' }) });
  return store;
}

/** The shop's steps as a version of Butik has them in which a collection's version is one higher. */
async function migrationsWithRaised(name: 'products' | 'prices'): Promise<readonly Migration[]> {
  vi.resetModules();
  vi.doMock(`@butik/proto/collections/${name}`, async (original) => {
    const there = await original<Record<string, { version: number }>>();
    return { [name]: { ...there[name], version: there[name]!.version + 1 } };
  });
  return (await import('./migrations.ts')).migrations;
}

test.each(['products', 'prices'] as const)(
  'a shop opens its store after an update that raises the version of %s, and sells by its old rows',
  async (name) => {
    const before = await open(migrations);
    before.db.exec(`INSERT INTO products (id, code, name, unit, vat_category, attributes, active)
      VALUES ('a', 'TVÅL', 'Tvål', 'piece', 'standard', '{}', 1)`);
    before.db.exec(`INSERT INTO replica_positions VALUES ('${name}', 'h', '1_0')`);
    const raised = await migrationsWithRaised(name);
    expect(raised).toHaveLength(migrations.length + 1);
    const { db } = await open(raised);
    expect(db.prepare('SELECT code FROM products').pluck().all()).toEqual(['TVÅL']);
    expect(db.prepare('SELECT collection FROM replica_positions').all()).toEqual([]);
    expect((await open(raised)).db.open).toBe(true);
  },
);

test('every step has an id of its own', () => {
  const ids = migrations.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
