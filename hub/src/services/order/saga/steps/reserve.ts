import type { SagaStep } from './saga-step.ts';

/** Holds the goods. Given up soon: whoever ordered is waiting, and a payment long after the order would surprise. */
export const reserve: SagaStep = {
  name: 'reserve',
  callTimeoutMs: 5_000,
  giveUpAfterMs: 60_000,
  async call({ context, saga, lines, options }) {
    const { reservationId, orderId, shopId } = saga;
    const wanted = (await lines()).map(({ productId, quantity }) => ({ productId, quantity }));
    await context.clients.inventory.reserveStock({ reservationId, orderId, shopId, lines: wanted }, options);
    return 'reserved';
  },
};
