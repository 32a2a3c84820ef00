import type { SagaStep } from './saga-step.ts';

/** Makes the reservation final. The customer has paid by now, so this is never given up. */
export const confirm: SagaStep = {
  name: 'confirm',
  callTimeoutMs: 5_000,
  async call({ context, saga: { reservationId }, options }) {
    await context.clients.inventory.confirmReservation({ reservationId }, options);
    return 'confirmed';
  },
};
