import { ButikError } from '@butik/proto/errors/butik-error';
import type { Channel } from '@butik/proto/facts/define-fact';
import type { ContentEncoding, Reoffer } from '@butik/proto/facts/sync-wire';
import type { BackoffLimits } from '@butik/sync/backoff';
import { FACT_OVERHEAD_BYTES } from '@butik/sync/batch';
import {
  askLater,
  learnCursors,
  learnReoffers,
  neededFrom,
  noteTold,
  type OutboxChannel,
  type Plan,
  planPush,
} from '@butik/sync/plan-push';
import { PUSH_START, postpone, type Sent, settle } from '@butik/sync/push-state';
import type { Identity } from '../../provisioning/identity.ts';
import type { Store } from '../../store/store.ts';
import { createAlarm } from '../alarm.ts';
import type { HubClient } from '../hub-client.ts';
import type { HubHealth } from '../hub-health.ts';
import { askCursors } from './ask-cursors.ts';
import type { Refusal } from './read-answer.ts';
import { readBatch, readHashBeforeOldest, readOutbox } from './read-batch.ts';
import { sendBatch } from './send-batch.ts';
import { tellKept } from './tell-kept.ts';

export interface PushLoop {
  /** Tries now instead of at the end of its wait. */
  wake(): void;
  /** By channel, the lowest number that may still have to be sent; what is below is sent and acknowledged. */
  neededFrom(): Map<Channel, number>;
  close(): Promise<void>;
}

type PlanTo<Kind extends Plan['kind']> = Extract<Plan, { kind: Kind }>;

/**
 * Sends the outbox, one request in flight, as `planPush` says. Nothing that the hub says stops selling,
 * and nothing is dropped: what fails is tried again.
 */
export function startPushLoop(context: {
  store: Store;
  identity: Identity;
  hub: HubClient;
  health: HubHealth;
  retry: BackoffLimits;
  refusedRetryMs: number;
  random: () => number;
}): PushLoop {
  const { store, identity, hub, health, retry, refusedRetryMs, random } = context;
  const closing = new AbortController();
  const alarm = createAlarm();
  let state = PUSH_START;
  let encoding: ContentEncoding = 'gzip';
  let woken = false;
  const delays = () => ({ nowMs: performance.now(), retry, refusedRetryMs, random });
  const forgetFacts = store.onFacts(() => {
    if (state.failures === 0) alarm.ring();
  });

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      await step().catch((error) => {
        if (closing.signal.aborted) return;
        health.unreachable(error);
        state = postpone(state, { kind: 'away', retryAfterMs: 0 }, delays());
      });
    }
  }

  async function step(): Promise<void> {
    // Not at once: what is under way would be counted into the state after it.
    if (woken) state = { ...state, dueMs: 0, askDueMs: 0 };
    woken = false;
    const outbox = readOutbox(store.db);
    const plan = planPush(state, outbox, performance.now());
    if (plan.kind === 'wait') await alarm.wait(plan.ms);
    else if (plan.kind === 'ask') await ask(outbox);
    else if (plan.kind === 'tell') await tell(plan, outbox);
    else await send(plan, outbox);
  }

  async function send(plan: PlanTo<'send'>, outbox: readonly OutboxChannel[]): Promise<void> {
    const { channel, from, credit, reofferId } = plan;
    const facts = readBatch(store.db, plan);
    const bytes = facts.reduce((sum, fact) => sum + fact.bytes + FACT_OVERHEAD_BYTES, 0);
    const sent: Sent = { channel, from, to: facts.at(-1)!.seq, bytes, credit, reofferId };
    const { acknowledged, lastSeq } = outbox.find((each) => each.channel === channel)!;
    const outcome = await sendBatch(hub, identity, { channel, facts, encoding }, closing.signal);
    encoding = outcome.encoding;
    if (outcome.kind === 'failed') {
      state = settle(state, sent, outcome.answer, acknowledged, delays());
      return;
    }
    const { response } = outcome;
    if (response.acknowledged > lastSeq) {
      const message = `The hub acknowledged ${channel}/${response.acknowledged}, which this box has not written.`;
      throw new ButikError('SERVICE_UNAVAILABLE', { message });
    }
    hub.learnTime(response.hubTimeMs);
    if (response.acknowledged > acknowledged) await acknowledge(channel, response.acknowledged);
    const answer = { kind: 'acknowledged', acknowledged: response.acknowledged } as const;
    state = settle(state, sent, answer, acknowledged, delays());
    learnRanges(response.reoffer);
  }

  /** Called with more than before only: when a hub lost its tail, our own cursor stays. */
  async function acknowledge(channel: Channel, acknowledged: number): Promise<void> {
    await store.write((db) => {
      db.prepare('UPDATE channels SET acknowledged = ? WHERE channel = ? AND acknowledged < ?').run(
        acknowledged,
        channel,
        acknowledged,
      );
    });
  }

  async function ask(outbox: readonly OutboxChannel[]): Promise<void> {
    const outcome = await askCursors(hub, identity, closing.signal);
    if (outcome.kind === 'failed') {
      const { answer } = outcome;
      // A hub that cannot say where it stands may still take batches.
      const mayTakeBatches =
        outcome.error.kind === 'not-found' || (answer.kind !== 'away' && answer.kind !== 'refused');
      state = mayTakeBatches ? askLater(state, delays()) : postpone(state, answer, delays());
      return;
    }
    encoding = outcome.encoding;
    hub.learnTime(outcome.response.hubTimeMs);
    state = learnCursors(state, outcome.response.cursors, outbox, delays());
    learnRanges(outcome.response.reoffer);
  }

  async function tell(plan: PlanTo<'tell'>, outbox: readonly OutboxChannel[]): Promise<void> {
    const { channel, from, upTo: to, reofferId } = plan;
    const { oldestKept, acknowledged } = outbox.find((each) => each.channel === channel)!;
    const prevHash = readHashBeforeOldest(store.db, channel);
    const kept = { channel, from, to, oldestKept, prevHash, reofferId };
    const refusal = await tellKept(hub, identity, kept, closing.signal);
    if (!refusal) {
      state = noteTold(state, plan, oldestKept);
      return;
    }
    // A hub that does not know of it holds up this channel alone.
    const answer: Refusal = refusal.error.kind === 'not-found' ? { kind: 'rejected' } : refusal.answer;
    const sent = { channel, from, to, bytes: 0, credit: state.credit, reofferId };
    state = settle(state, sent, answer, acknowledged, delays());
  }

  function learnRanges(asked: readonly Reoffer[] | undefined): void {
    if (asked) state = learnReoffers(state, asked);
  }

  const running = run();
  return {
    wake() {
      woken = true;
      alarm.ring();
    },
    neededFrom: () => new Map(readOutbox(store.db).map((each) => [each.channel, neededFrom(state, each)])),
    async close() {
      forgetFacts();
      closing.abort();
      alarm.ring();
      await running;
    },
  };
}
