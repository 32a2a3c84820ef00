import { describe, expect, it } from 'vitest';
import { isTerminal, nextPaid, nextState, ORDER_STATES, type OrderState } from './states.ts';

const LEGAL = new Set([
  'pending→confirmed',
  'pending→cancelled',
  'confirmed→processing',
  'confirmed→completed',
  'confirmed→cancelled',
  'processing→completed',
  'processing→cancelled',
]);

describe('an order', () => {
  const steps = ORDER_STATES.flatMap((from) =>
    ORDER_STATES.map((to): [OrderState, OrderState] => [from, to]),
  );

  it.each(steps)('from %s to %s is as the table in the README draws it', (from, to) => {
    if (LEGAL.has(`${from}→${to}`)) {
      expect(nextState(from, to)).toBe(to);
    } else {
      expect(() => nextState(from, to)).toThrow(
        expect.objectContaining({ code: 'ORDER_TRANSITION_ILLEGAL', details: { from, to } }),
      );
    }
  });

  it('that is completed or cancelled stays so', () => {
    expect(ORDER_STATES.filter(isTerminal)).toEqual(['completed', 'cancelled']);
  });

  it('that is paid never becomes unpaid; a second word of the payment changes nothing', () => {
    expect(nextPaid(false, false)).toBe(false);
    expect(nextPaid(false, true)).toBe(true);
    expect(nextPaid(true, true)).toBe(true);
    expect(() => nextPaid(true, false)).toThrow(
      expect.objectContaining({ code: 'ORDER_TRANSITION_ILLEGAL' }),
    );
  });
});
