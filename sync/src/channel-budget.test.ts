import { CHANNELS, type Channel } from '@butik/proto/facts/define-fact';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ROUND_BYTES, spend, takeTurn } from './channel-budget.ts';

const MIB = 1_048_576;

/** Who goes in `turns` turns in which all of `waiting` always have more to send. */
function play(waiting: Channel[], turns: number, bytes: (channel: Channel) => number): Channel[] {
  let credit = ROUND_BYTES;
  return Array.from({ length: turns }, () => {
    const turn = takeTurn(credit, waiting)!;
    credit = spend(turn.credit, turn.channel, bytes(turn.channel));
    return turn.channel;
  });
}

test('[U17] weeks of orders let stock and telemetry through, each by its budget', () => {
  expect(play(['orders', 'stock', 'telemetry'], 14, () => MIB)).toEqual([
    ...['orders', 'orders', 'orders', 'orders', 'stock', 'stock', 'telemetry'],
    // Telemetry owes half a mebibyte, which is its budget of the second round.
    ...['orders', 'orders', 'orders', 'orders', 'stock', 'stock', 'orders'],
  ]);
});

test('[U17] a payment that is made meanwhile goes at once', () => {
  const { credit } = takeTurn(spend(ROUND_BYTES, 'orders', 3 * MIB), ['orders'])!;
  expect(takeTurn(credit, ['orders', 'payments'])?.channel).toBe('payments');
});

test('[U17] a channel that is alone sends without end, and saves nothing up for others', () => {
  expect(new Set(play(['telemetry'], 50, () => MIB))).toEqual(new Set(['telemetry']));
  expect(takeTurn(ROUND_BYTES, [])).toBeNull();
});

test('[U17] whoever waits, each gets its share within a batch and nobody waits longer than a round and its debts', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.constantFrom(...CHANNELS), { minLength: 2 }),
      fc.array(fc.integer({ min: 1, max: MIB }), { minLength: 1, maxLength: 20 }),
      (waiting, sizes) => {
        let next = 0;
        const sent: Record<string, number> = Object.fromEntries(waiting.map((channel) => [channel, 0]));
        play(waiting, 400, (channel) => {
          const bytes = sizes[next++ % sizes.length]!;
          sent[channel]! += bytes;
          return bytes;
        });
        const rounds = waiting.map((channel) => sent[channel]! / ROUND_BYTES[channel]);
        // A batch of the least urgent may be two rounds of it; the round under way adds one.
        expect(Math.max(...rounds) - Math.min(...rounds)).toBeLessThanOrEqual(4);
      },
    ),
  );
});
