import type { Channel } from '@butik/proto/facts/define-fact';
import { MAX_REOFFERS } from '@butik/proto/facts/sync-wire';
import { spreadMs } from './backoff.ts';
import { type Credit, takeTurn } from './channel-budget.ts';
import { changeChannel, type PushState, type Reoffer } from './push-state.ts';

/** A channel of the outbox. */
export interface OutboxChannel {
  channel: Channel;
  lastSeq: number;
  acknowledged: number;
  /** The lowest number that the box still has; lastSeq + 1 when it has none. */
  oldestKept: number;
}

export type Plan =
  | {
      kind: 'send';
      channel: Channel;
      from: number;
      /** The last number to send at most. */
      upTo: number;
      credit: Credit;
      reofferId: string | null;
    }
  /** Tell the hub that facts from this number up to the oldest kept are no longer here. */
  | { kind: 'tell'; channel: Channel; from: number; upTo: number; reofferId: string | null }
  /** Ask the hub for its cursors. */
  | { kind: 'ask' }
  | { kind: 'wait'; ms: number };

/**
 * What the box does next: what is new by urgency and budget, then what the hub asked for again, then
 * it asks whether the hub still has everything, and otherwise it waits, for new facts at the latest.
 */
export function planPush(state: PushState, outbox: readonly OutboxChannel[], nowMs: number): Plan {
  if (nowMs < state.dueMs) return { kind: 'wait', ms: state.dueMs - nowMs };
  const unsent = outbox.filter((each) => resumeFrom(state, each) <= each.lastSeq);
  const isDue = (channel: Channel) => state.channels[channel].dueMs <= nowMs;
  const turn = takeTurn(state.credit, unsent.map(({ channel }) => channel).filter(isDue));
  if (turn) {
    const next = outbox.find((each) => each.channel === turn.channel)!;
    const { channel, lastSeq, oldestKept } = next;
    const from = resumeFrom(state, next);
    if (from < oldestKept) return { kind: 'tell', channel, from, upTo: lastSeq, reofferId: null };
    return { kind: 'send', channel, from, upTo: lastSeq, credit: turn.credit, reofferId: null };
  }
  const reoffer = state.reoffers.find(({ channel }) => isDue(channel));
  if (reoffer) return planReoffer(state, reoffer, outbox);
  if (state.askDueMs <= nowMs) return { kind: 'ask' };
  const waiting = [...unsent, ...state.reoffers].map(({ channel }) => state.channels[channel].dueMs);
  return { kind: 'wait', ms: Math.min(state.askDueMs, ...waiting) - nowMs };
}

/** What the box still has of the range, and then what it no longer has. */
function planReoffer(state: PushState, reoffer: Reoffer, outbox: readonly OutboxChannel[]): Plan {
  const { id: reofferId, channel, next, from, to } = reoffer;
  const { lastSeq, oldestKept } = outbox.find((each) => each.channel === channel)!;
  const upTo = Math.min(to, lastSeq);
  const first = Math.max(next, oldestKept);
  if (first > upTo) return { kind: 'tell', channel, from, upTo: to, reofferId };
  return { kind: 'send', channel, from: first, upTo, credit: state.credit, reofferId };
}

/** The lowest number of a channel that the box may still have to send. */
export function neededFrom(state: PushState, outbox: OutboxChannel): number {
  const asked = state.reoffers.filter(({ channel }) => channel === outbox.channel).map(({ next }) => next);
  return Math.min(resumeFrom(state, outbox), ...asked);
}

function resumeFrom(state: PushState, { channel, acknowledged }: OutboxChannel): number {
  return state.channels[channel].resumeAt ?? acknowledged + 1;
}

/** The state after the hub took note of what is no longer here: it goes on with the oldest that is. */
export function noteTold(
  state: PushState,
  told: Extract<Plan, { kind: 'tell' }>,
  oldestKept: number,
): PushState {
  if (told.reofferId === null) return changeChannel(state, told.channel, { resumeAt: oldestKept });
  return { ...state, reoffers: state.reoffers.filter(({ id }) => id !== told.reofferId) };
}

/** How often a box with nothing to send asks whether the hub still has everything. */
const ASK_EVERY_MS = 2 * 60_000;

export function askLater(
  state: PushState,
  { nowMs, random }: { nowMs: number; random: () => number },
): PushState {
  return { ...state, askDueMs: nowMs + spreadMs(ASK_EVERY_MS, random) };
}

/** The state after the hub said what it holds: where that is less than it once acknowledged, it is sent again. */
export function learnCursors(
  state: PushState,
  hubHolds: Partial<Record<Channel, { acknowledged: number }>>,
  outbox: readonly OutboxChannel[],
  delays: { nowMs: number; random: () => number },
): PushState {
  const open: PushState = { ...askLater(state, delays), phase: 'open', failures: 0, dueMs: 0 };
  return outbox.reduce((next, { channel, acknowledged }) => {
    const held = hubHolds[channel]?.acknowledged ?? 0;
    return held < acknowledged ? changeChannel(next, channel, { resumeAt: held + 1 }) : next;
  }, open);
}

/** The state after the hub asked for ranges again; those that are under way go on where they are. */
export function learnReoffers(state: PushState, asked: readonly Omit<Reoffer, 'next'>[]): PushState {
  const known = new Set(state.reoffers.map(({ id }) => id));
  const fresh = asked.filter(({ id }) => !known.has(id)).map((each) => ({ ...each, next: each.from }));
  if (fresh.length === 0) return state;
  return { ...state, reoffers: [...state.reoffers, ...fresh].slice(0, MAX_REOFFERS) };
}
