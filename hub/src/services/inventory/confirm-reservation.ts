import { ButikError } from '@butik/proto/errors/butik-error';
import type { ConfirmReservationRequest } from '@butik/proto/gen/butik/inventory/v1/inventory';
import { conditionFailed } from '../../kernel/documents/condition-failed.ts';
import { transact } from '../transact.ts';
import type { InventoryContext } from './inventory-context.ts';
import { confirmRequestSchema, findReservation, type Reservation, readRequest } from './reservation.ts';

/**
 * Makes a held reservation final: what it holds is sold. Of a confirmed one it changes nothing. Throws
 * RESERVATION_NOT_FOUND, RESERVATION_RELEASED, REQUEST_INVALID.
 */
export async function confirmReservation(
  context: InventoryContext,
  request: ConfirmReservationRequest,
): Promise<Pick<Reservation, 'reservationId' | 'status'>> {
  const { reservationId } = readRequest(confirmRequestSchema, request);
  if (!(await holdsBecameSold(context, reservationId))) {
    const there = await findReservation(context, reservationId);
    if (!there) throw new ButikError('RESERVATION_NOT_FOUND', { details: { reservationId } });
    if (there.status === 'released')
      throw new ButikError('RESERVATION_RELEASED', { details: { reservationId } });
  }
  return { reservationId, status: 'confirmed' };
}

async function holdsBecameSold({ table, kernel }: InventoryContext, reservationId: string): Promise<boolean> {
  // A transaction of one write, since it may meet a release: then it is tried again.
  const transaction = {};
  const sold = { reservationId, status: 'confirmed', updatedAt: kernel.clock.now() } as const;
  await table.getModel('Reservation').update(sold, { transaction, where: '${status} = {held}' });
  try {
    await transact(table, transaction);
    return true;
  } catch (error) {
    if (!conditionFailed(error)) throw error;
    return false;
  }
}
