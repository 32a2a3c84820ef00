import { isDeepStrictEqual } from 'node:util';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { ReserveStockRequest } from '@butik/proto/gen/butik/inventory/v1/inventory';
import { conditionFailed } from '../../kernel/documents/condition-failed.ts';
import { transact } from '../transact.ts';
import type { InventoryContext } from './inventory-context.ts';
import {
  findReservation,
  putReserved,
  type Reservation,
  type ReservedLine,
  readRequest,
  reserveRequestSchema,
} from './reservation.ts';

/**
 * Holds goods for an order: spends the shop's rights to sell online on all lines, or on none. Stock on hand is not
 * touched; it moves when the goods do. The same request again answers with the state of the reservation. Throws
 * STOCK_NOT_RESERVABLE with the lines that lack rights, RESERVATION_RELEASED, RESERVATION_CONFLICT, REQUEST_INVALID.
 */
export async function reserveStock(
  context: InventoryContext,
  request: ReserveStockRequest,
): Promise<Pick<Reservation, 'reservationId' | 'status'>> {
  const { table, kernel } = context;
  const given = readRequest(reserveRequestSchema, request);
  const reservation = { ...given, lines: sumByProduct(given.lines) };
  const now = kernel.clock.now();
  const transaction = {};
  await table
    .getModel('Reservation')
    .create({ ...reservation, status: 'held', createdAt: now, updatedAt: now }, { transaction });
  for (const { productId, quantity } of reservation.lines) {
    await table.getModel('OnlineRights').update(
      { shopId: reservation.shopId, productId, updatedAt: now },
      {
        transaction,
        add: { available: -quantity },
        where: '${available} >= @{quantity}',
        substitutions: { quantity },
      },
    );
  }
  await putReserved(context, reservation, transaction);
  try {
    await transact(table, transaction);
  } catch (error) {
    if (conditionFailed(error, 0)) return await repeated(context, reservation);
    const lacking = reservation.lines.filter((_, index) => conditionFailed(error, 1 + index));
    if (lacking.length === 0) throw error;
    const lines = await withAvailable(context, reservation.shopId, lacking);
    throw new ButikError('STOCK_NOT_RESERVABLE', { details: { lines } });
  }
  context.wake();
  return { reservationId: reservation.reservationId, status: 'held' };
}

/** A transaction names an item once, so a product that comes twice is summed. Sorted, so that content compares. */
function sumByProduct(lines: readonly ReservedLine[]): ReservedLine[] {
  const sums = new Map<string, number>();
  for (const { productId, quantity } of lines) sums.set(productId, (sums.get(productId) ?? 0) + quantity);
  return [...sums]
    .map(([productId, quantity]) => ({ productId, quantity }))
    .sort((a, b) => (a.productId < b.productId ? -1 : 1));
}

async function repeated(
  context: InventoryContext,
  { reservationId, orderId, shopId, lines }: Omit<Reservation, 'status'>,
): Promise<Pick<Reservation, 'reservationId' | 'status'>> {
  const there = await findReservation(context, reservationId);
  if (there?.status === 'released')
    throw new ButikError('RESERVATION_RELEASED', { details: { reservationId } });
  const same = there?.orderId === orderId && there.shopId === shopId && isDeepStrictEqual(there.lines, lines);
  if (!same) throw new ButikError('RESERVATION_CONFLICT', { details: { reservationId } });
  return { reservationId, status: there.status };
}

async function withAvailable(
  { table }: InventoryContext,
  shopId: string,
  lines: readonly ReservedLine[],
): Promise<{ productId: string; wanted: number; available: number }[]> {
  const rights = table.getModel('OnlineRights');
  return await Promise.all(
    lines.map(async ({ productId, quantity }) => {
      const there = await rights.get({ shopId, productId }, { consistent: true });
      return { productId, wanted: quantity, available: there?.available ?? 0 };
    }),
  );
}
