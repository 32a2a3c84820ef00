import { ButikError } from '@butik/proto/errors/butik-error';
import { createEvent } from '@butik/proto/events/cloud-event';
import { inventoryReleased, inventoryReserved } from '@butik/proto/events/inventory';
import { z } from 'zod';
import { putInOutbox } from '../../kernel/outbox/put-in-outbox.ts';
import type { InventoryContext } from './inventory-context.ts';

/** A transaction has 100 items: the lines, the reservation and the event; the rest is room to grow. */
const MAX_LINES = 90;
const MAX_QUANTITY = 1_000_000_000;

export const reservedLineSchema = z.object({
  productId: z.uuid(),
  /** Pieces or grams. */
  quantity: z.int().positive().max(MAX_QUANTITY),
});
export type ReservedLine = z.output<typeof reservedLineSchema>;

export const reserveRequestSchema = z.object({
  reservationId: z.uuid(),
  orderId: z.uuid(),
  shopId: z.uuid(),
  lines: z.array(reservedLineSchema).min(1).max(MAX_LINES),
});

export const releaseRequestSchema = z.object({
  reservationId: z.uuid(),
  orderId: z.uuid(),
  shopId: z.uuid(),
  reason: z.string().max(500),
});

export const confirmRequestSchema = z.object({ reservationId: z.uuid() });

/** A request of another service in the form of its schema. Throws REQUEST_INVALID. */
export function readRequest<Schema extends z.ZodType>(schema: Schema, request: unknown): z.output<Schema> {
  const read = schema.safeParse(request);
  if (read.success) return read.data;
  const fields = read.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new ButikError('REQUEST_INVALID', { details: { fields } });
}

export interface Reservation extends z.output<typeof reserveRequestSchema> {
  status: 'held' | 'confirmed' | 'released';
}

/** The reservation as it is at this moment. */
export async function findReservation(
  { table }: InventoryContext,
  reservationId: string,
): Promise<Reservation | undefined> {
  return await table.getModel('Reservation').get({ reservationId }, { consistent: true });
}

/** Adds to the transaction that goods are held for an order. */
export async function putReserved(
  context: InventoryContext,
  reservation: z.output<typeof reserveRequestSchema>,
  transaction: object,
): Promise<void> {
  const event = createEvent(inventoryReserved, { ...envelope(context, reservation), data: reservation });
  await putInOutbox(context.table, event, { transaction });
}

/** Adds to the transaction that goods may be sold again. */
export async function putReleased(
  context: InventoryContext,
  { reservationId, orderId, shopId, lines }: Reservation,
  reason: string,
  transaction: object,
): Promise<void> {
  const data = { reservationId, orderId, shopId, lines, reason };
  const event = createEvent(inventoryReleased, { ...envelope(context, data), data });
  await putInOutbox(context.table, event, { transaction });
}

function envelope({ kernel }: InventoryContext, { orderId }: { orderId: string }) {
  const time = new Date(kernel.clock.now()).toISOString();
  return { id: kernel.newId(), source: 'butik/hub/inventory', subject: orderId, time };
}
