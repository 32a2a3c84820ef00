import { CHANNELS, type Channel } from '@butik/proto/facts/define-fact';
import { type BackoffLimits, backoffMs, spreadMs } from './backoff.ts';
import { type Credit, ROUND_BYTES, spend } from './channel-budget.ts';

/** How the hub stands to the box: it takes batches, it does not answer, or it does not let the box sync. */
export type Phase = 'open' | 'away' | 'refused';

/** What became of a request, as far as it matters for what is sent next. */
export type Answer =
  | { kind: 'acknowledged'; acknowledged: number }
  /** The hub does not have what comes before the batch. */
  | { kind: 'gap'; expected: number }
  /** The hub takes no batch of this channel, nor of less urgent ones, for now. */
  | { kind: 'busy'; retryAfterMs: number }
  /** The hub will not take this batch. */
  | { kind: 'rejected' }
  | { kind: 'refused' }
  | { kind: 'away'; retryAfterMs: number };

/** The state diagram of SPEC.md: from each phase, by what the hub answers, to the next. */
export const TRANSITIONS: Readonly<Record<Phase, Readonly<Record<Answer['kind'], Phase>>>> = {
  open: leadTo(),
  away: leadTo(),
  refused: leadTo(),
};

/** Where a phase leads does not depend on it: what the hub says last is what counts. */
function leadTo(): Record<Answer['kind'], Phase> {
  return {
    acknowledged: 'open',
    gap: 'open',
    busy: 'open',
    rejected: 'open',
    refused: 'refused',
    away: 'away',
  };
}

/** A range that the hub has asked for again. */
export interface Reoffer {
  id: string;
  channel: Channel;
  /** The number to send next; beyond `to` when all is sent. */
  next: number;
  from: number;
  to: number;
}

interface ChannelState {
  /** Where the hub has asked to go on; null is after what it has acknowledged. */
  resumeAt: number | null;
  /** Batches in a row that the hub would not take. */
  rejections: number;
  dueMs: number;
}

/** Where the upward replicator stands. All times are on a monotonic clock, in milliseconds. */
export interface PushState {
  phase: Phase;
  /** Requests in a row that were refused or not answered. */
  failures: number;
  /** Nothing is sent before. */
  dueMs: number;
  /** When the hub is asked for its cursors, if nothing is to be sent. */
  askDueMs: number;
  credit: Credit;
  channels: Readonly<Record<Channel, ChannelState>>;
  reoffers: readonly Reoffer[];
}

export const PUSH_START: PushState = {
  phase: 'open',
  failures: 0,
  dueMs: 0,
  askDueMs: 0,
  credit: ROUND_BYTES,
  channels: Object.fromEntries(
    CHANNELS.map((channel) => [channel, { resumeAt: null, rejections: 0, dueMs: 0 }]),
  ) as unknown as PushState['channels'],
  reoffers: [],
};

/** A batch as it was sent. */
export interface Sent {
  channel: Channel;
  from: number;
  to: number;
  /** Before compression. */
  bytes: number;
  credit: Credit;
  /** The request of the hub that it answers; null for what is new to the hub. */
  reofferId: string | null;
}

export interface Delays {
  nowMs: number;
  retry: BackoffLimits;
  refusedRetryMs: number;
  random: () => number;
}

/** A hub that says more is not believed. */
const MAX_RETRY_AFTER_MS = 10 * 60_000;

/** The state after the hub's answer to a batch. `acknowledged` is the box's own cursor, before the answer. */
export function settle(
  state: PushState,
  sent: Sent,
  answer: Answer,
  acknowledged: number,
  delays: Delays,
): PushState {
  const next = { ...state, phase: TRANSITIONS[state.phase][answer.kind] };
  switch (answer.kind) {
    case 'away':
    case 'refused':
      return postpone(state, answer, delays);
    case 'busy':
      return holdBack(backAgain(next), sent.channel, answer.retryAfterMs, delays);
    case 'rejected':
      return reject(backAgain(next), sent.channel, delays);
    case 'gap':
      // Asked for what was just sent, or for what comes later, the box would go round in circles.
      if (answer.expected >= sent.from) return reject(backAgain(next), sent.channel, delays);
      return resume(backAgain(next), sent, answer.expected);
    case 'acknowledged':
      // A hub that holds less than what it was just sent makes no progress with it.
      if (answer.acknowledged < sent.to) return reject(backAgain(next), sent.channel, delays);
      return take(backAgain(next), sent, answer.acknowledged, acknowledged);
  }
}

/** The state after a request that the hub did not answer or would not hear, whatever was asked. */
export function postpone(
  state: PushState,
  answer: Extract<Answer, { kind: 'away' | 'refused' }>,
  { nowMs, retry, refusedRetryMs, random }: Delays,
): PushState {
  const failures = state.failures + 1;
  const next = { ...state, failures, phase: TRANSITIONS[state.phase][answer.kind] };
  if (answer.kind === 'refused') return { ...next, dueMs: nowMs + refusedRetryMs };
  const toldMs = spreadMs(Math.min(answer.retryAfterMs, MAX_RETRY_AFTER_MS), random);
  return { ...next, dueMs: nowMs + Math.max(toldMs, backoffMs(failures, retry, random)) };
}

/** A hub that was away may have come back from an older backup: it is asked soon where it stands. */
function backAgain(state: PushState): PushState {
  return { ...state, failures: 0, dueMs: 0, ...(state.failures > 0 && { askDueMs: 0 }) };
}

function take(state: PushState, sent: Sent, hubHas: number, boxKnows: number): PushState {
  const credit = spend(sent.credit, sent.channel, sent.bytes);
  const flowing = { rejections: 0, dueMs: 0 };
  if (sent.reofferId !== null) {
    const reoffers = state.reoffers.map((each) =>
      each.id === sent.reofferId ? { ...each, next: sent.to + 1 } : each,
    );
    return { ...changeChannel(state, sent.channel, flowing), credit, reoffers };
  }
  const resumeAt = hubHas < boxKnows ? hubHas + 1 : null;
  return { ...changeChannel(state, sent.channel, { ...flowing, resumeAt }), credit };
}

function resume(state: PushState, sent: Sent, expected: number): PushState {
  if (sent.reofferId === null) return changeChannel(state, sent.channel, { resumeAt: expected });
  const reoffers = state.reoffers.map((each) =>
    each.id === sent.reofferId ? { ...each, next: expected } : each,
  );
  return { ...state, reoffers };
}

function reject(state: PushState, channel: Channel, { nowMs, retry, random }: Delays): PushState {
  const rejections = state.channels[channel].rejections + 1;
  return changeChannel(state, channel, { rejections, dueMs: nowMs + backoffMs(rejections, retry, random) });
}

/** What is less urgent than a channel that must wait would be told the same. */
function holdBack(state: PushState, from: Channel, retryAfterMs: number, delays: Delays): PushState {
  const { nowMs, retry, random } = delays;
  const waitMs = Math.max(
    spreadMs(Math.min(retryAfterMs, MAX_RETRY_AFTER_MS), random),
    backoffMs(1, retry, random),
  );
  return CHANNELS.slice(CHANNELS.indexOf(from)).reduce(
    (held, channel) =>
      changeChannel(held, channel, { dueMs: Math.max(held.channels[channel].dueMs, nowMs + waitMs) }),
    state,
  );
}

export function changeChannel(state: PushState, channel: Channel, change: Partial<ChannelState>): PushState {
  const changed = { ...state.channels[channel], ...change };
  return { ...state, channels: { ...state.channels, [channel]: changed } };
}
