import { orderCancelled } from '@butik/proto/events/order';
import type { Subscription } from '../../kernel/bus/bus.ts';
import type { InventoryContext } from './inventory-context.ts';
import { releaseReservation } from './release-reservation.ts';

/** An order has one reservation; more than this would be a loop. */
const MAX_RESERVATIONS = 20;

/**
 * The second line of defence behind the order saga, which releases by a call of its own: what a cancelled order
 * still holds is given back. An event that comes again finds it released.
 */
export function cancelledOrders(context: InventoryContext): Subscription {
  return {
    consumer: 'inventory',
    types: [orderCancelled.type],
    async handle(event) {
      const { orderId, shopId, reason } = orderCancelled.data.parse(event.data);
      const held = await context.table
        .getModel('Reservation')
        .find({ orderId }, { index: 'gs1', limit: MAX_RESERVATIONS });
      for (const { reservationId } of held) {
        await releaseReservation(context, { reservationId, orderId, shopId, reason: reason.slice(0, 500) });
      }
    },
  };
}
