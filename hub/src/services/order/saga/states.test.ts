import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  advance,
  hasEnded,
  SAGA_INPUTS,
  SAGA_STATES,
  SAGA_TRANSITIONS,
  type SagaInput,
  type SagaState,
} from './states.ts';

const inputsOf = (state: SagaState) => Object.keys(SAGA_TRANSITIONS[state]) as SagaInput[];
const RESTING = SAGA_STATES.filter((state) => state !== 'notifying' && state !== 'cancelling');

describe('the table of the saga', () => {
  it.each(SAGA_STATES)('has a way from %s to an end', (start) => {
    const reached = new Set<SagaState>([start]);
    for (const state of reached) for (const to of Object.values(SAGA_TRANSITIONS[state])) reached.add(to);
    expect([...reached].some(hasEnded)).toBe(true);
  });

  it('lets every state be reached from the beginning, and uses every input', () => {
    const reached = new Set<SagaState>(['reserving']);
    for (const state of reached) for (const to of Object.values(SAGA_TRANSITIONS[state])) reached.add(to);
    expect([...reached].sort()).toEqual([...SAGA_STATES].sort());
    expect(new Set(SAGA_STATES.flatMap(inputsOf))).toEqual(new Set(SAGA_INPUTS));
  });

  it('never turns back to the good way once it compensates', () => {
    for (const state of ['refunding', 'releasing', 'cancelling'] as const) {
      for (const to of Object.values(SAGA_TRANSITIONS[state])) {
        expect(['refunding', 'releasing', 'cancelling', 'cancelled']).toContain(to);
      }
    }
  });

  it('refuses an input that the state does not know', () => {
    for (const state of RESTING) {
      for (const input of SAGA_INPUTS.filter((one) => !inputsOf(state).includes(one))) {
        expect(() => advance(state, input, { free: false })).toThrow(
          expect.objectContaining({ code: 'INTERNAL' }),
        );
      }
    }
  });
});

/**
 * What the world may hold when a saga is in a state, in the worst case: a call was made as soon as its state was
 * entered, and only an input that says so gives certainty of its end.
 */
interface Held {
  goods: boolean;
  money: boolean;
}

function after(held: Held, input: SagaInput, entered: readonly SagaState[]): Held {
  return {
    goods: (held.goods && input !== 'released') || entered.includes('reserving'),
    money: (held.money && input !== 'refunded' && input !== 'unpaid') || entered.includes('paying'),
  };
}

test('on no way does a cancelled order hold goods or money, nor is an order done that lacks either', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(fc.nat(100), { minLength: 30, maxLength: 30 }), (free, choices) => {
      let state: SagaState = 'reserving';
      let held: Held = { goods: true, money: false };
      const seen: SagaInput[] = [];
      for (const choice of choices) {
        const inputs = inputsOf(state);
        if (inputs.length === 0) break;
        const input = inputs[choice % inputs.length]!;
        const entered = advance(state, input, { free });
        held = after(held, input, entered);
        state = entered.at(-1)!;
        seen.push(input);
        expect(RESTING).toContain(state);
        if (state === 'done') {
          expect(seen).toContain('reserved');
          expect(seen).toContain('confirmed');
          expect(seen.includes('paid')).toBe(!free);
        }
        if (state === 'cancelled') expect(held).toEqual({ goods: false, money: false });
        if (free) expect(held.money).toBe(false);
      }
      if (seen.length < choices.length) expect(state).toBe('cancelled');
    }),
    { numRuns: 500 },
  );
});
