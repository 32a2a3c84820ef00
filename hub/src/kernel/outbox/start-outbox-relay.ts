import { setTimeout as wait } from 'node:timers/promises';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { Table } from 'dynamodb-onetable';
import type { Logger } from 'pino';
import type { Bus } from '../bus/bus.ts';
import { documentOutbox } from './document-outbox.ts';
import { measureBacklog, type OutboxBacklog } from './measure-backlog.ts';
import { orphanWatch } from './orphan-watch.ts';
import type { OutboxStore } from './outbox-store.ts';
import { publishPending } from './publish-pending.ts';

export interface OutboxRelay {
  /** Call it when a transaction with an event is through. Costs nothing when the relay is awake. */
  wake(): void;
  /** Resolves when everything that was in the outbox at the time of the call is published and gone from it. */
  idle(): Promise<void>;
  /** What waits to be published. Throws what the store throws while it is away. */
  backlog(): Promise<OutboxBacklog>;
  /** Waits for what is being published; the rest stays in the outbox for the next start. */
  close(): Promise<void>;
}

/** A table whose schema has `outboxModels`, or another store. */
type OutboxSource = { table: Table } | { outbox: OutboxStore };

export type OutboxRelayOptions = OutboxSource & {
  bus: Pick<Bus, 'publish'>;
  logger: Pick<Logger, 'warn'>;
  /** Looks by itself this often, for events whose writer died before it could wake the relay; 5 s unless told. */
  pollMs?: number;
  /** Pause after a pass that failed, doubled up to 30 s with each further one; 200 unless told. */
  backoffMs?: number;
  /** How long an event that another process has written is left to that process; 2 s unless told. */
  graceMs?: number;
};

const MAX_BACKOFF_MS = 30_000;

/** Pause before the next look at events that are left to another process. */
const LOOK_AGAIN_MS = 500;

/**
 * Publishes a service's outbox in its order, per subject; an event is deleted once it is published.
 * A crash in between publishes it again, so that consumers get every event once or more. Of several processes of a
 * service each publishes what it has written, and what another one has left behind.
 */
export function startOutboxRelay(options: OutboxRelayOptions): OutboxRelay {
  const { pollMs = 5_000, backoffMs = 200, graceMs = 2_000, logger } = options;
  const outbox = 'outbox' in options ? options.outbox : documentOutbox(options.table);
  const closing = new AbortController();
  /** Passes that were asked for; one that starts after a call of `wake` or `idle` sees what was there by then. */
  let asked = 1;
  let rouse = new AbortController();
  let waiting: { asked: number; resolve(): void; reject(error: Error): void }[] = [];
  const orphans = orphanWatch(graceMs);
  const stopped = run();

  async function run(): Promise<void> {
    let failures = 0;
    while (!closing.signal.aborted) {
      const serving = asked;
      rouse = new AbortController();
      const outcome = await pass();
      if (outcome === 'failed') {
        await rest(Math.min(backoffMs * 2 ** failures++, MAX_BACKOFF_MS), closing.signal);
        continue;
      }
      failures = 0;
      if (outcome === 'published') release(serving);
      const pauseMs = outcome === 'left' ? Math.min(LOOK_AGAIN_MS, pollMs) : pollMs;
      if (asked === serving) await rest(pauseMs, AbortSignal.any([closing.signal, rouse.signal]));
    }
    for (const { reject } of waiting) reject(relayClosed());
  }

  /** Whether everything that the pass saw is published, or some of it left to another process. */
  async function pass(): Promise<'published' | 'left' | 'failed'> {
    try {
      const isOurs = orphans.look();
      const { failed, left } = await publishPending(outbox, options.bus, closing.signal, isOurs);
      if (failed.length > 0) logger.warn({ failed }, 'outbox: some events could not be published yet');
      if (failed.length > 0 || closing.signal.aborted) return 'failed';
      return left > 0 ? 'left' : 'published';
    } catch (error) {
      logger.warn({ err: error }, 'outbox: cannot be read or emptied at the moment');
      return 'failed';
    }
  }

  function release(served: number): void {
    const done = waiting.filter((waiter) => waiter.asked <= served);
    waiting = waiting.filter((waiter) => waiter.asked > served);
    for (const { resolve } of done) resolve();
  }

  function wake(): void {
    asked++;
    rouse.abort();
  }

  return {
    wake,
    idle() {
      if (closing.signal.aborted) return Promise.reject(relayClosed());
      wake();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiting.push({ asked, resolve, reject });
      return promise;
    },
    backlog: () => measureBacklog(outbox),
    async close() {
      closing.abort();
      await stopped;
    },
  };
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

function relayClosed(): ButikError {
  return new ButikError('SERVICE_UNAVAILABLE', {
    message: 'The relay is closed.',
    details: { part: 'outbox' },
  });
}
