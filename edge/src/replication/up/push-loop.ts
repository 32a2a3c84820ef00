import type { Channel } from '@butik/proto/facts/define-fact';
import { type BackoffLimits, backoffMs } from '@butik/sync/backoff';
import type { Identity } from '../../provisioning/identity.ts';
import type { Store } from '../../store/store.ts';
import { createAlarm } from '../alarm.ts';
import type { HubClient } from '../hub-client.ts';
import type { HubHealth } from '../hub-health.ts';
import { readBatch, readChannels } from './read-batch.ts';
import { type PushOutcome, sendBatch } from './send-batch.ts';

export interface PushLoop {
  /** Tries now instead of at the end of its wait. */
  wake(): void;
  close(): Promise<void>;
}

const MAX_RETRY_AFTER_MS = 10 * 60_000;

/** A channel whose batch the hub will not take. The others go on; it is tried again at `dueMs`. */
interface Stuck {
  failures: number;
  /** On the monotonic clock. */
  dueMs: number;
}

/**
 * Sends the outbox: one request in flight, the most urgent channel first and looked at anew between
 * batches. Nothing that the hub says stops selling, and nothing is dropped: what fails is tried again.
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
  const resumeAt = new Map<Channel, number>();
  const stuck = new Map<Channel, Stuck>();
  let failures = 0;
  const forgetFacts = store.onFacts(() => {
    if (failures === 0) alarm.ring();
  });

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      const waitMs = await step().catch((error) => {
        if (!closing.signal.aborted) health.unreachable(error);
        return delayAfterFailure();
      });
      if ((waitMs === null || waitMs > 0) && !closing.signal.aborted) await alarm.wait(waitMs);
    }
  }

  /** Sends one batch. Milliseconds until the next; null waits for new facts. */
  async function step(): Promise<number | null> {
    const waiting = [...stuck].filter(([, { dueMs }]) => dueMs > performance.now());
    const batch = readBatch(store.db, resumeAt, new Set(waiting.map(([channel]) => channel)));
    if (!batch)
      return waiting.length > 0
        ? Math.min(...waiting.map(([, { dueMs }]) => dueMs)) - performance.now()
        : null;
    return settle(batch.channel, await sendBatch(hub, identity, batch, closing.signal));
  }

  async function settle(channel: Channel, outcome: PushOutcome): Promise<number> {
    if (outcome.kind === 'acknowledged') {
      hub.learnTime(outcome.response.hubTimeMs);
      await acknowledge(channel, outcome.response.acknowledged);
      failures = 0;
      stuck.delete(channel);
      return 0;
    }
    const { error, retryAfterMs } = outcome;
    const expected = error.code === 'FACT_SEQUENCE_GAP' ? error.details.expected : undefined;
    if (typeof expected === 'number' && expected !== resumeAt.get(channel)) {
      resumeAt.set(channel, expected);
      return 0;
    }
    if (error.kind === 'denied' || error.kind === 'unauthenticated') {
      failures += 1;
      return refusedRetryMs;
    }
    if (error.kind === 'invalid' || error.kind === 'conflict') {
      const times = (stuck.get(channel)?.failures ?? 0) + 1;
      stuck.set(channel, { failures: times, dueMs: performance.now() + backoffMs(times, retry, random) });
      return 0;
    }
    return Math.max(Math.min(retryAfterMs, MAX_RETRY_AFTER_MS), delayAfterFailure());
  }

  async function acknowledge(channel: Channel, acknowledged: number): Promise<void> {
    const row = readChannels(store.db).find((each) => each.channel === channel)!;
    if (acknowledged > row.last_seq) {
      throw new Error(`the hub acknowledged ${channel}/${acknowledged}, which this box has not written`);
    }
    if (acknowledged <= row.acknowledged) {
      // A hub that lost its tail gets it again: go on after what it has, our own cursor stays.
      resumeAt.set(channel, acknowledged + 1);
      return;
    }
    resumeAt.delete(channel);
    await store.write((db) => {
      db.prepare('UPDATE channels SET acknowledged = ? WHERE channel = ? AND acknowledged < ?').run(
        acknowledged,
        channel,
        acknowledged,
      );
    });
  }

  function delayAfterFailure(): number {
    failures += 1;
    return backoffMs(failures, retry, random);
  }

  const running = run();
  return {
    wake: alarm.ring,
    async close() {
      forgetFacts();
      closing.abort();
      alarm.ring();
      await running;
    },
  };
}
