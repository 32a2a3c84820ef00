import { compensationReason } from './compensation-reason.ts';
import type { SagaStep } from './saga-step.ts';

/** Gives the goods back, whatever has become of the reservation. Never given up. */
export const release: SagaStep = {
  name: 'release',
  callTimeoutMs: 5_000,
  async call({ context, saga, options }) {
    const { reservationId, orderId, shopId } = saga;
    await context.clients.inventory.releaseReservation(
      { reservationId, orderId, shopId, reason: compensationReason(saga) },
      options,
    );
    return 'released';
  },
};
