import { ButikError } from '@butik/proto/errors/butik-error';

export const ORDER_STATES = ['pending', 'confirmed', 'processing', 'completed', 'cancelled'] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** Where an order may go from each state. A sale at the till is made `completed` and never moves. */
export const ORDER_TRANSITIONS: Readonly<Record<OrderState, readonly OrderState[]>> = {
  pending: ['confirmed', 'cancelled'],
  confirmed: ['processing', 'completed', 'cancelled'],
  processing: ['completed', 'cancelled'],
  completed: [],
  cancelled: [],
};

/** Returns `to` where the step is legal. Throws ORDER_TRANSITION_ILLEGAL, also for a step to the same state. */
export function nextState(from: OrderState, to: OrderState): OrderState {
  if (!ORDER_TRANSITIONS[from].includes(to)) {
    throw new ButikError('ORDER_TRANSITION_ILLEGAL', { details: { from, to } });
  }
  return to;
}

export function isTerminal(state: OrderState): boolean {
  return ORDER_TRANSITIONS[state].length === 0;
}

/**
 * The paid flag stands beside the state, because money and goods move at their own pace: an order may be
 * paid before or after it is confirmed, and a payment may arrive for an order that was just cancelled. It
 * goes from false to true once; giving the money back is a refund of its own, never an unpaid order.
 * Throws ORDER_TRANSITION_ILLEGAL for a step back from paid.
 */
export function nextPaid(from: boolean, to: boolean): boolean {
  if (from && !to)
    throw new ButikError('ORDER_TRANSITION_ILLEGAL', { details: { from: 'paid', to: 'unpaid' } });
  return to;
}
