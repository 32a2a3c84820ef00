import { ButikError } from '@butik/proto/errors/butik-error';
import { createEvent } from '@butik/proto/events/cloud-event';
import { catalogueChanged } from '@butik/proto/events/product';
import { conditionFailed } from '../../kernel/documents/condition-failed.ts';
import { putInOutbox } from '../../kernel/outbox/put-in-outbox.ts';
import { putAudit } from '../audit-entry.ts';
import { transact } from '../transact.ts';
import { type Price, type Product, toPriceRow, toProductRow } from './product.ts';
import { codeKey } from './product-code.ts';
import type { ProductContext } from './product-context.ts';

/** One product's part of a change. */
export interface ProductWrite {
  /** The version that was read and must still be there; null makes a new product. */
  expectedVersion: number | null;
  product: Product;
  /** A price that is set in the same breath; `product.chainPrices` has it already if it is the chain's. */
  price?: Price;
  action: string;
  /** What was changed, for the audit log. */
  change: Record<string, unknown>;
}

/** DynamoDB takes 100 items a transaction; one is the event, and a caller may add one of its own. */
const MAX_ITEMS = 98;
/** An event is one item, and the outbox takes 380 KB of it. */
const MAX_EVENT_BYTES = 300_000;

/**
 * Splits writes into batches that fit a transaction each: by items (product, code, price, audit entry)
 * and by the size of the event that tells of them.
 */
export function packWrites(writes: readonly ProductWrite[]): ProductWrite[][] {
  const batches: ProductWrite[][] = [];
  let batch: ProductWrite[] = [];
  let items = 0;
  let bytes = 0;
  for (const write of writes) {
    const size = Buffer.byteLength(JSON.stringify(write.product));
    const count = itemsOf(write);
    if (batch.length > 0 && (items + count > MAX_ITEMS || bytes + size > MAX_EVENT_BYTES)) {
      batches.push(batch);
      [batch, items, bytes] = [[], 0, 0];
    }
    batch.push(write);
    items += count;
    bytes += size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/**
 * Writes products, their codes, prices and audit entries and one event CatalogueChanged in one transaction;
 * `alongside` adds what must change with them. Throws PRODUCT_CHANGED when a version has moved on and
 * PRODUCT_EXISTS when a new product's code is taken: then nothing was written.
 */
export async function writeProducts(
  context: ProductContext,
  writes: readonly ProductWrite[],
  options: { by: string; alongside?: (transaction: object) => Promise<void> },
): Promise<void> {
  const { table, kernel } = context;
  const transaction = {};
  for (const write of writes) await addWrite(context, write, options.by, transaction);
  const event = createEvent(catalogueChanged, {
    id: kernel.newId(),
    source: 'butik/hub/product',
    subject: 'catalogue',
    time: new Date(kernel.clock.now()).toISOString(),
    data: {
      products: writes.map((write) => toProductRow(write.product)),
      prices: writes.flatMap(({ product, price }) => (price ? [toPriceRow(product.productId, price)] : [])),
      removedPriceIds: [],
    },
  });
  await putInOutbox(table, event, { transaction });
  await options.alongside?.(transaction);
  try {
    await transact(table, transaction);
  } catch (error) {
    throw await explain(context, writes, error);
  }
  context.wake();
}

function itemsOf(write: ProductWrite): number {
  return 2 + (write.expectedVersion === null ? 1 : 0) + (write.price ? 1 : 0);
}

async function addWrite(
  { table, kernel }: ProductContext,
  write: ProductWrite,
  by: string,
  transaction: object,
): Promise<void> {
  const { product, price } = write;
  const stored = {
    ...product,
    description: product.description ?? undefined,
    category: product.category ?? undefined,
  };
  if (write.expectedVersion === null) {
    await table.getModel('Product').create(stored, { transaction });
    const key = codeKey(product.code);
    await table.getModel('Code').create({ key, productId: product.productId }, { transaction });
  } else {
    await table.getModel('Product').create(stored, {
      transaction,
      exists: true,
      where: '${version} = @{expected}',
      substitutions: { expected: write.expectedVersion },
    });
  }
  if (price) {
    const { validTo, ...rest } = price;
    await table.getModel('Price').create(
      {
        ...rest,
        ...(validTo !== null && { validTo }),
        productId: product.productId,
        setAt: product.updatedAt,
        setBy: by,
      },
      { transaction, exists: null },
    );
  }
  const audit = {
    subject: `product#${product.productId}`,
    auditId: kernel.newId(),
    at: new Date(product.updatedAt).toISOString(),
    by,
    action: write.action,
    change: write.change,
  };
  await putAudit(table, audit, transaction);
}

/** Which write a refused condition belongs to, as the error that its caller can act on. */
async function explain(
  { table }: ProductContext,
  writes: readonly ProductWrite[],
  error: unknown,
): Promise<unknown> {
  let at = 0;
  for (const write of writes) {
    const { expectedVersion, product } = write;
    if (expectedVersion !== null && conditionFailed(error, at)) {
      return new ButikError('PRODUCT_CHANGED', { details: { productId: product.productId } });
    }
    if (expectedVersion === null && (conditionFailed(error, at) || conditionFailed(error, at + 1))) {
      const taken = await table.getModel('Code').get({ key: codeKey(product.code) }, { consistent: true });
      const productId = taken?.productId ?? product.productId;
      return new ButikError('PRODUCT_EXISTS', { details: { code: product.code, productId } });
    }
    at += itemsOf(write);
  }
  return error;
}
