import { createHash } from 'node:crypto';
import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';
import { conditionFailed } from '../../kernel/documents/condition-failed.ts';
import { plainText } from '../plain-text.ts';
import { contactSchema, type OrderView, toOrderView } from './order.ts';
import type { OrderContext } from './order-context.ts';
import { quoteOrder } from './quote-order.ts';
import { readLines } from './read-lines.ts';
import { firstSaga } from './saga/first-saga.ts';
import { writeOrder } from './write-order.ts';

/** A reservation is one transaction of at most a hundred items. */
const MAX_LINES = 90;

export const createOrderSchema = z.strictObject({
  shopId: z.uuid(),
  userId: plainText(200).min(1).optional(),
  items: z
    .array(
      z.strictObject({
        productId: z.uuid(),
        /** Pieces or grams. */
        quantity: z.int().min(1).max(1_000_000),
      }),
    )
    .min(1)
    .max(MAX_LINES),
  payment: z.strictObject({
    /** How the customer pays: `swish`. */
    method: z.string().regex(/^[a-z][a-z0-9-]{0,29}$/, 'Name a method, such as swish.'),
    /** Who pays, as the method names them; never card data. */
    payer: plainText(50).trim().min(1),
  }),
  contact: contactSchema.default({ language: 'sv' }),
});
export type CreateOrder = z.output<typeof createOrderSchema>;

/**
 * Makes an order and sets it on its way: with its lines, history, saga, OrderCreated and the request's key it is one
 * transaction, and from then on it comes to an end by itself. The same key again gets the first answer
 * (`repeated`), also while the goods could not be quoted any more. Throws what `quoteOrder` throws, and
 * IDEMPOTENCY_KEY_REUSED for another request with the same key.
 */
export async function createOrder(
  context: OrderContext,
  request: CreateOrder,
  { key, by }: { key: string; by: string },
): Promise<{ order: OrderView; repeated: boolean }> {
  const contentHash = createHash('sha256').update(JSON.stringify(request)).digest('hex');
  try {
    const quoted = await quoteOrder(context, request);
    const { order, lines, saga } = await writeOrder(context, request, quoted, { key, by, contentHash });
    context.wake();
    context.sagas.start(saga, lines);
    return { order: toOrderView(order, lines, saga), repeated: false };
  } catch (error) {
    // The key is looked for only where something failed: that saves a read for every order that is new.
    if (!(error instanceof ButikError || conditionFailed(error))) throw error;
    const earlier = await firstAnswer(context, { key, by, contentHash });
    if (earlier === null) throw error;
    return { order: earlier, repeated: true };
  }
}

/** What was answered when the order was made: its unchanging part, with the state in which it began. */
async function firstAnswer(
  context: OrderContext,
  { key, by, contentHash }: { key: string; by: string; contentHash: string },
): Promise<OrderView | null> {
  const { table } = context;
  const made = await table.getModel('OrderKey').get({ key, by }, { consistent: true });
  if (!made) return null;
  if (made.contentHash !== contentHash) throw new ButikError('IDEMPOTENCY_KEY_REUSED');
  const at = { shopId: made.shopId, orderId: made.orderId };
  const order = await table.getModel('Order').get(at, { consistent: true });
  const saga = await table.getModel('Saga').get(at, { consistent: true });
  if (!order || !saga)
    throw new ButikError('INTERNAL', { message: 'A key names an order that is not there.' });
  const { cancelReason: _, ...asMade } = order;
  const begun = firstSaga({ ...saga, createdAt: order.createdAt });
  return toOrderView({ ...asMade, status: 'pending' }, await readLines(context, at), begun);
}
