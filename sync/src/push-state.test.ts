import { readFileSync } from 'node:fs';
import { CHANNELS, type Channel } from '@butik/proto/facts/define-fact';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  learnCursors,
  learnReoffers,
  noteTold,
  type OutboxChannel,
  type Plan,
  planPush,
} from './plan-push.ts';
import {
  type Answer,
  type Delays,
  type Phase,
  PUSH_START,
  type PushState,
  settle,
  TRANSITIONS,
} from './push-state.ts';

const at = (nowMs: number): Delays => ({
  nowMs,
  retry: { baseMs: 1_000, maxMs: 60_000 },
  refusedRetryMs: 300_000,
  random: () => 0.5,
});
const outbox = (facts: Partial<Record<Channel, Partial<OutboxChannel>>>): OutboxChannel[] =>
  CHANNELS.map((channel) => ({ channel, lastSeq: 0, acknowledged: 0, oldestKept: 1, ...facts[channel] }));

type Send = Extract<Plan, { kind: 'send' }>;
/** The state after `answer` to the batch that `plan` says, of one fact. */
function answered(state: PushState, plan: Plan, answer: Answer, nowMs = 0, acknowledged = 0): PushState {
  const { channel, from, credit, reofferId } = plan as Send;
  return settle(
    state,
    { channel, from, to: from, bytes: 100, credit, reofferId },
    answer,
    acknowledged,
    at(nowMs),
  );
}
const quiet: PushState = { ...PUSH_START, askDueMs: 1e9 };

test('[U26] the table of transitions is the diagram of SPEC.md', () => {
  const spec = readFileSync(new URL('../SPEC.md', import.meta.url), 'utf8');
  const drawn: Record<string, Record<string, string>> = {};
  for (const [, from, to, answers] of spec.matchAll(/^ {2}(\w+) --> (\w+): (.+)$/gm)) {
    for (const answer of answers!.split(', ')) drawn[from!] = { ...drawn[from!], [answer]: to! };
  }
  expect(drawn).toEqual(TRANSITIONS);
});

test('[U19] at HUB_BUSY a channel and the less urgent wait, and the more urgent go on', () => {
  const all = outbox({ payments: { lastSeq: 1 }, stock: { lastSeq: 1 }, telemetry: { lastSeq: 1 } });
  const none = outbox({ stock: { lastSeq: 1 }, telemetry: { lastSeq: 1 } });
  const busy = answered(quiet, planPush(quiet, none, 0), { kind: 'busy', retryAfterMs: 4_000 });
  expect(planPush(busy, none, 0)).toEqual({ kind: 'wait', ms: 5_000 });
  expect(planPush(busy, all, 0)).toMatchObject({ kind: 'send', channel: 'payments' });
  expect(planPush(busy, none, 5_000)).toMatchObject({ kind: 'send', channel: 'stock' });
});

test('[U19] told to wait, a box waits at least that long and up to half as long again', () => {
  const away = (random: number) =>
    settle(
      quiet,
      { channel: 'orders', from: 1, to: 1, bytes: 1, credit: quiet.credit, reofferId: null },
      { kind: 'away', retryAfterMs: 10_000 },
      0,
      {
        ...at(0),
        random: () => random,
      },
    ).dueMs;
  expect([away(0), away(0.5), away(0.999)]).toEqual([10_000, 12_500, 14_995]);
});

test('[U15] a batch that is refused, or brings nothing forward, is not sent again at once', () => {
  const held = outbox({ payments: { lastSeq: 3 }, orders: { lastSeq: 1 } });
  const answers: Answer[] = [
    { kind: 'rejected' },
    { kind: 'gap', expected: 1 },
    { kind: 'acknowledged', acknowledged: 0 },
  ];
  for (const answer of answers) {
    const next = answered(quiet, planPush(quiet, held, 0), answer);
    expect(planPush(next, held, 0)).toMatchObject({ kind: 'send', channel: 'orders' });
    expect(next.channels.payments).toMatchObject({ rejections: 1, dueMs: 750 });
  }
});

test('[U24] what the hub no longer holds is sent again, and the hub is asked after it was away', () => {
  const sent = outbox({ orders: { lastSeq: 9, acknowledged: 9 } });
  const learned = learnCursors(PUSH_START, { orders: { acknowledged: 4 } }, sent, at(0));
  expect(planPush(learned, sent, 0)).toMatchObject({ kind: 'send', channel: 'orders', from: 5, upTo: 9 });
  expect(planPush(PUSH_START, sent, 0)).toEqual({ kind: 'ask' });
  const more = outbox({ orders: { lastSeq: 10, acknowledged: 9 } });
  const away = answered(quiet, planPush(quiet, more, 0), { kind: 'away', retryAfterMs: 0 });
  const back = answered(away, planPush(away, more, 1e6), { kind: 'acknowledged', acknowledged: 10 }, 1e6);
  expect(planPush(back, outbox({ orders: { lastSeq: 10, acknowledged: 10 } }), 1e6)).toEqual({ kind: 'ask' });
});

test('[U23] a range that is asked for goes after what is new, and what is gone of it is told at the end', () => {
  const box = outbox({ orders: { lastSeq: 9, acknowledged: 9, oldestKept: 4 } });
  const asked = learnReoffers(quiet, [{ id: 'r', channel: 'orders', from: 2, to: 5 }]);
  expect(learnReoffers(asked, [{ id: 'r', channel: 'orders', from: 2, to: 5 }])).toBe(asked);
  expect(planPush(asked, outbox({ stock: { lastSeq: 1 } }), 0)).toMatchObject({
    channel: 'stock',
    reofferId: null,
  });
  const first = planPush(asked, box, 0);
  expect(first).toMatchObject({ kind: 'send', channel: 'orders', from: 4, upTo: 5, reofferId: 'r' });
  const half = answered(asked, first, { kind: 'acknowledged', acknowledged: 9 }, 0, 9);
  const second = planPush(half, box, 0);
  expect(second).toMatchObject({ kind: 'send', from: 5, upTo: 5, reofferId: 'r' });
  const whole = answered(half, second, { kind: 'acknowledged', acknowledged: 9 }, 0, 9);
  const tell = planPush(whole, box, 0);
  expect(tell).toEqual({ kind: 'tell', channel: 'orders', from: 2, upTo: 5, reofferId: 'r' });
  const done = noteTold(whole, tell as Extract<Plan, { kind: 'tell' }>, 4);
  expect(planPush(done, box, 0)).toMatchObject({ kind: 'wait' });
});

test('[U25] a fact that the hub expects and that is gone is told, and the box goes on with its oldest', () => {
  const box = outbox({ orders: { lastSeq: 9, acknowledged: 9, oldestKept: 6 } });
  const learned = learnCursors(PUSH_START, { orders: { acknowledged: 2 } }, box, at(0));
  const tell = planPush(learned, box, 0);
  expect(tell).toEqual({ kind: 'tell', channel: 'orders', from: 3, upTo: 9, reofferId: null });
  const next = noteTold(learned, tell as Extract<Plan, { kind: 'tell' }>, 6);
  expect(planPush(next, box, 0)).toMatchObject({ kind: 'send', from: 6, upTo: 9 });
});

const answerOf: fc.Arbitrary<Answer> = fc.oneof(
  fc.record({ kind: fc.constant('acknowledged' as const), acknowledged: fc.nat(30) }),
  fc.record({ kind: fc.constant('gap' as const), expected: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ kind: fc.constant('busy' as const), retryAfterMs: fc.nat(1e9) }),
  fc.record({ kind: fc.constant('away' as const), retryAfterMs: fc.nat(1e9) }),
  fc.constant({ kind: 'rejected' as const }),
  fc.constant({ kind: 'refused' as const }),
);

/** Sends one fact a request to a hub that holds up to `held`; returns the steps until all is taken. */
function drain(start: PushState, box: OutboxChannel[], held: Map<Channel, number>, startMs: number): number {
  let state = start;
  let nowMs = startMs;
  for (let steps = 0; steps < 2_000; steps++) {
    if (box.every(({ channel, lastSeq }) => held.get(channel) === lastSeq)) return steps;
    const plan = planPush(state, box, nowMs);
    if (plan.kind === 'wait') nowMs += plan.ms;
    else if (plan.kind === 'ask') {
      const cursors = Object.fromEntries(
        [...held].map(([channel, acknowledged]) => [channel, { acknowledged }]),
      );
      state = learnCursors(state, cursors, box, at(nowMs));
    } else if (plan.kind === 'tell') throw new Error('nothing is gone here');
    else {
      const holds = held.get(plan.channel)!;
      const isNext = plan.from <= holds + 1;
      if (isNext) held.set(plan.channel, Math.max(holds, plan.from));
      const answer: Answer = isNext
        ? { kind: 'acknowledged', acknowledged: held.get(plan.channel)! }
        : { kind: 'gap', expected: holds + 1 };
      const own = box.find(({ channel }) => channel === plan.channel)!;
      state = answered(state, plan, answer, nowMs, own.acknowledged);
      own.acknowledged = Math.max(own.acknowledged, held.get(plan.channel)!);
    }
  }
  return Number.POSITIVE_INFINITY;
}

test('[U26] whatever the hub answered, nothing is tried too early or too late, and once it heals it gets everything', () => {
  fc.assert(
    fc.property(
      fc.array(answerOf, { maxLength: 40 }),
      fc.array(fc.nat(20), { minLength: 5, maxLength: 5 }),
      (answers, lengths) => {
        const box = CHANNELS.map((channel, index) => ({
          channel,
          lastSeq: lengths[index]!,
          acknowledged: Math.floor(lengths[index]! / 2),
          oldestKept: 1,
        }));
        let state = PUSH_START;
        let nowMs = 0;
        for (const answer of answers) {
          const plan = planPush(state, box, nowMs);
          if (plan.kind === 'wait') {
            expect(plan.ms).toBeGreaterThan(0);
            expect(plan.ms).toBeLessThanOrEqual(15 * 60_000);
            expect(planPush(state, box, nowMs + plan.ms - 0.5).kind).toBe('wait');
            nowMs += plan.ms;
            continue;
          }
          if (plan.kind !== 'send') {
            state = learnCursors(state, {}, box, at(nowMs));
            continue;
          }
          const before: Phase = state.phase;
          state = answered(
            state,
            plan,
            answer,
            nowMs,
            box.find(({ channel }) => channel === plan.channel)!.acknowledged,
          );
          expect(state.phase).toBe(TRANSITIONS[before][answer.kind]);
          const refused = ['busy', 'rejected', 'away', 'refused'].includes(answer.kind);
          const next = planPush(state, box, nowMs);
          if (refused && next.kind === 'send') expect(next.channel).not.toBe(plan.channel);
        }
        // A hub that has nothing: it is told so by cursors or gaps, and gets everything again.
        const held = new Map<Channel, number>(CHANNELS.map((channel) => [channel, 0]));
        expect(drain({ ...state, askDueMs: 0 }, box, held, nowMs)).toBeLessThan(2_000);
      },
    ),
    { numRuns: 500 },
  );
});
