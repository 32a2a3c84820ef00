// The pattern for a service that keeps documents: copy this.
import type { OneSchema } from 'dynamodb-onetable';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { conditionFailed } from './condition-failed.ts';
import type { Documents } from './documents.ts';
import { openEmbeddedDocuments } from './embedded/open-embedded-documents.ts';

const schema = {
  format: 'onetable:1.1.0',
  version: '1.0.0',
  indexes: {
    primary: { hash: 'pk', sort: 'sk' },
    gs1: { hash: 'gs1pk', sort: 'gs1sk', project: 'all' },
  },
  models: {
    Shelf: {
      pk: { type: String, value: 'shop#${shopId}' },
      sk: { type: String, value: 'shelf#${shelfId}' },
      gs1pk: { type: String, value: 'sku#${sku}' },
      gs1sk: { type: String, value: 'shop#${shopId}#${shelfId}' },
      shopId: { type: String, required: true },
      shelfId: { type: String, required: true },
      sku: { type: String, required: true },
      pieces: { type: Number, required: true },
    },
  },
} as const satisfies OneSchema;

let documents: Documents;
beforeEach(async () => {
  documents = await openEmbeddedDocuments({ directory: ':memory:', tablePrefix: 'butik-' });
});
afterEach(() => documents.close());

test('a service keeps shelves, finds them by shop and by article, and moves goods between two at once', async () => {
  const table = await documents.openTable({ name: 'example', schema });
  const shelves = table.getModel('Shelf');

  await shelves.create({ shopId: 's1', shelfId: 'a', sku: 'milk', pieces: 6 });
  await shelves.create({ shopId: 's1', shelfId: 'b', sku: 'milk', pieces: 0 });
  await shelves.create({ shopId: 's2', shelfId: 'a', sku: 'milk', pieces: 4 });

  expect((await shelves.get({ shopId: 's1', shelfId: 'a' }))?.pieces).toBe(6);
  expect(await shelves.find({ shopId: 's1' })).toHaveLength(2);
  expect(await shelves.find({ sku: 'milk' }, { index: 'gs1' })).toHaveLength(3);

  await move(2);
  expect(await pieces()).toEqual([4, 2]);

  // More than there are: neither shelf changes, and the first write is the one that refused.
  const refused = await move(9).catch((error: unknown) => error);
  expect(conditionFailed(refused, 0)).toBe(true);
  expect(await pieces()).toEqual([4, 2]);

  // `create` refuses to overwrite.
  const again = shelves.create({ shopId: 's1', shelfId: 'a', sku: 'milk', pieces: 1 });
  expect(conditionFailed(await again.catch((error: unknown) => error))).toBe(true);

  async function move(count: number): Promise<void> {
    const transaction = {};
    await shelves.update(
      { shopId: 's1', shelfId: 'a' },
      { transaction, add: { pieces: -count }, where: '${pieces} >= @{count}', substitutions: { count } },
    );
    await shelves.update({ shopId: 's1', shelfId: 'b' }, { transaction, add: { pieces: count } });
    await table.transact('write', transaction);
  }

  async function pieces(): Promise<number[]> {
    return (await shelves.find({ shopId: 's1' })).map((shelf) => shelf.pieces);
  }
});
