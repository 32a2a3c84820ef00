import { CHANNELS, type Channel } from '@butik/proto/facts/define-fact';

const MIB = 1_048_576;

/** What a channel may send in one round, in bytes before compression: more for what is more urgent. */
export const ROUND_BYTES: Readonly<Record<Channel, number>> = {
  payments: 4 * MIB,
  orders: 4 * MIB,
  stock: 2 * MIB,
  operations: MIB,
  telemetry: MIB / 2,
};

/** What is left of the round by channel; below zero after a batch that was larger than what was left. */
export type Credit = Readonly<Record<Channel, number>>;

/**
 * Whose turn it is: the most urgent of `waiting` that has credit. When none of them has, the round is
 * over and a new one begins. Debt is carried into it, unused credit is not. Null when nobody waits.
 */
export function takeTurn(
  credit: Credit,
  waiting: readonly Channel[],
): { channel: Channel; credit: Credit } | null {
  if (waiting.length === 0) return null;
  let current = credit;
  for (;;) {
    const channel = CHANNELS.find((each) => waiting.includes(each) && current[each] > 0);
    if (channel) return { channel, credit: current };
    current = newRound(current);
  }
}

export function spend(credit: Credit, channel: Channel, bytes: number): Credit {
  return { ...credit, [channel]: credit[channel] - bytes };
}

function newRound(credit: Credit): Credit {
  const refilled = CHANNELS.map((channel) => [channel, Math.min(credit[channel], 0) + ROUND_BYTES[channel]]);
  return Object.fromEntries(refilled) as Credit;
}
