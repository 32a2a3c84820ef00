import { describe, expect, it } from 'vitest';
import { nextPaymentState, PAYMENT_STATES, type PaymentState } from './states.ts';

const LEGAL = new Set(['pending→processed', 'pending→failed', 'pending→cancelled', 'processed→refunded']);

describe('a payment', () => {
  const steps = PAYMENT_STATES.flatMap((from) =>
    PAYMENT_STATES.map((to): [PaymentState, PaymentState] => [from, to]),
  );

  it.each(steps)('from %s to %s is as the table in the README draws it', (from, to) => {
    if (LEGAL.has(`${from}→${to}`)) {
      expect(nextPaymentState(from, to)).toBe(to);
    } else {
      expect(() => nextPaymentState(from, to)).toThrow(
        expect.objectContaining({ code: 'PAYMENT_TRANSITION_ILLEGAL', details: { from, to } }),
      );
    }
  });
});
