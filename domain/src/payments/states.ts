import { ButikError } from '@butik/proto/errors/butik-error';

/**
 * `pending`: the outcome is not certain yet; nobody may assume one. `processed`: the customer has paid, perhaps
 * less partial refunds. `failed` and `cancelled`: it is certain that nothing was charged and never will be.
 * `refunded`: everything that was charged is given back.
 */
export const PAYMENT_STATES = ['pending', 'processed', 'failed', 'cancelled', 'refunded'] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

export const PAYMENT_TRANSITIONS: Readonly<Record<PaymentState, readonly PaymentState[]>> = {
  pending: ['processed', 'failed', 'cancelled'],
  processed: ['refunded'],
  failed: [],
  cancelled: [],
  refunded: [],
};

/** Returns `to` where the step is legal. Throws PAYMENT_TRANSITION_ILLEGAL, also for a step to the same state. */
export function nextPaymentState(from: PaymentState, to: PaymentState): PaymentState {
  if (!PAYMENT_TRANSITIONS[from].includes(to)) {
    throw new ButikError('PAYMENT_TRANSITION_ILLEGAL', { details: { from, to } });
  }
  return to;
}
