import { asButikError } from '@butik/proto/errors/butik-error';
import type { Product } from '../product.ts';
import { codeKey } from '../product-code.ts';
import { fromStored, type ProductContext } from '../product-context.ts';
import { type ProductWrite, packWrites, writeProducts } from '../write-products.ts';
import type { StoredImport } from './catalogue-import.ts';
import { rowDefaults } from './check-import.ts';
import { mergeRow } from './merge-row.ts';
import type { CatalogueRow } from './parse-row.ts';
import { isBad, readCatalogue } from './read-catalogue.ts';

/** Rows that are looked up together; BatchGetItem takes a hundred keys. */
const ROWS_A_BATCH = 90;
const ATTEMPTS = 5;

/**
 * Writes the good rows behind `appliedRow`, in batches whose progress is part of their transaction: after a
 * crash no row counts twice and none is left out. Returns early when `signal` aborts.
 */
export async function applyImport(
  context: ProductContext,
  item: StoredImport,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  let batch: CatalogueRow[] = [];
  for await (const row of readCatalogue(path, item.format, rowDefaults(item))) {
    if (signal.aborted) return;
    if (isBad(row) || row.row <= item.appliedRow) continue;
    batch.push(row);
    if (batch.length < ROWS_A_BATCH) continue;
    await applyBatch(context, item, batch);
    batch = [];
  }
  if (batch.length > 0 && !signal.aborted) await applyBatch(context, item, batch);
}

/** When somebody changes a product meanwhile, the rest of the batch is read and merged again. */
async function applyBatch(context: ProductContext, item: StoredImport, rows: CatalogueRow[]): Promise<void> {
  const left = [...rows];
  for (let attempt = 1; left.length > 0; attempt++) {
    try {
      await applyRows(context, item, left);
    } catch (error) {
      const { code } = asButikError(error);
      if (attempt === ATTEMPTS || (code !== 'PRODUCT_CHANGED' && code !== 'PRODUCT_EXISTS')) throw error;
    }
  }
}

/** Takes rows off the front of `left` as they are written. */
async function applyRows(context: ProductContext, item: StoredImport, left: CatalogueRow[]): Promise<void> {
  const { kernel } = context;
  const defaults = {
    vatCategory: item.vatCategory as Product['vatCategory'],
    nowMs: kernel.clock.now(),
    newId: () => kernel.newId(),
  };
  const products = await readProducts(context, left);
  const writes = new Map<ProductWrite, CatalogueRow>();
  for (const row of left) {
    const write = mergeRow(row, products.get(codeKey(row.code)) ?? null, defaults);
    if (write) writes.set(write, row);
  }
  for (const packed of packWrites([...writes.keys()])) {
    const through = left.indexOf(writes.get(packed.at(-1)!)!) + 1;
    await writeProducts(context, packed, {
      by: `import:${item.importId}`,
      alongside: (transaction) => addProgress(context, item, left.slice(0, through), packed, transaction),
    });
    left.splice(0, through);
  }
  if (left.length > 0) await addProgress(context, item, left, []);
  left.length = 0;
}

async function addProgress(
  { table }: ProductContext,
  { importId }: StoredImport,
  rows: readonly CatalogueRow[],
  writes: readonly ProductWrite[],
  transaction?: object,
): Promise<void> {
  const created = writes.filter(({ expectedVersion }) => expectedVersion === null).length;
  await table.getModel('Import').update(
    { importId, appliedRow: rows.at(-1)!.row },
    {
      add: { created, updated: writes.length - created, unchanged: rows.length - writes.length },
      ...(transaction && { transaction }),
    },
  );
}

/** The products that the rows name, by the key of their code. */
async function readProducts(
  { table }: ProductContext,
  rows: readonly CatalogueRow[],
): Promise<Map<string, Product>> {
  const codes = {};
  for (const { code } of rows) await table.getModel('Code').get({ key: codeKey(code) }, { batch: codes });
  const taken = await table.batchGet<{ productId: string }>(codes, { parse: true, consistent: true });
  if (taken.length === 0) return new Map();
  const wanted = {};
  for (const { productId } of taken) await table.getModel('Product').get({ productId }, { batch: wanted });
  const found = await table.batchGet<Parameters<typeof fromStored>[0]>(wanted, {
    parse: true,
    consistent: true,
  });
  return new Map(found.map((stored) => [codeKey(stored.code), fromStored(stored)]));
}
