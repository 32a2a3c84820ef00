import { ButikError } from '@butik/proto/errors/butik-error';
import type { ReleaseReservationRequest } from '@butik/proto/gen/butik/inventory/v1/inventory';
import { conditionFailed } from '../../kernel/documents/condition-failed.ts';
import { transact } from '../transact.ts';
import type { InventoryContext } from './inventory-context.ts';
import {
  findReservation,
  putReleased,
  type Reservation,
  readRequest,
  releaseRequestSchema,
} from './reservation.ts';

/** Each time that somebody else was faster the reservation has moved on, and it can do so twice. */
const ATTEMPTS = 4;

/**
 * Gives back what a reservation holds, once, also of a confirmed one whose order was cancelled later. Of an id that
 * is not known it keeps a released reservation without lines, so that a reserve which arrives late holds nothing.
 * Throws RESERVATION_CONFLICT when the id is another order's, REQUEST_INVALID.
 */
export async function releaseReservation(
  context: InventoryContext,
  request: ReleaseReservationRequest,
): Promise<Pick<Reservation, 'reservationId' | 'status'>> {
  const release = readRequest(releaseRequestSchema, request);
  const { reservationId, orderId } = release;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const there = await findReservation(context, reservationId);
    if (there && there.orderId !== orderId)
      throw new ButikError('RESERVATION_CONFLICT', { details: { reservationId } });
    if (there?.status === 'released') return { reservationId, status: 'released' };
    const through = there
      ? await giveBack(context, there, release.reason)
      : await putTombstone(context, release);
    if (through) return { reservationId, status: 'released' };
  }
  throw new ButikError('SERVICE_UNAVAILABLE', { details: { part: 'documents' } });
}

async function giveBack(
  context: InventoryContext,
  reservation: Reservation,
  reason: string,
): Promise<boolean> {
  const { table, kernel, wake } = context;
  const { reservationId, shopId, status } = reservation;
  const now = kernel.clock.now();
  const transaction = {};
  await table
    .getModel('Reservation')
    .update(
      { reservationId, status: 'released', reason, updatedAt: now },
      { transaction, where: '${status} = @{before}', substitutions: { before: status } },
    );
  for (const { productId, quantity } of reservation.lines) {
    await table
      .getModel('OnlineRights')
      .update({ shopId, productId, updatedAt: now }, { transaction, add: { available: quantity } });
  }
  await putReleased(context, reservation, reason, transaction);
  try {
    await transact(table, transaction);
  } catch (error) {
    if (!conditionFailed(error, 0)) throw error;
    return false;
  }
  wake();
  return true;
}

async function putTombstone(
  { table, kernel }: InventoryContext,
  release: { reservationId: string; orderId: string; shopId: string; reason: string },
): Promise<boolean> {
  const now = kernel.clock.now();
  // A transaction of one write, since it may meet the late reserve: then it is tried again.
  const transaction = {};
  await table
    .getModel('Reservation')
    .create({ ...release, status: 'released', lines: [], createdAt: now, updatedAt: now }, { transaction });
  try {
    await transact(table, transaction);
    return true;
  } catch (error) {
    if (!conditionFailed(error)) throw error;
    return false;
  }
}
