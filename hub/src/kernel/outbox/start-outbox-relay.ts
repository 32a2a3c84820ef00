import { setTimeout as wait } from 'node:timers/promises';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { Table } from 'dynamodb-onetable';
import type { Logger } from 'pino';
import type { Bus } from '../bus/bus.ts';
import { publishPending } from './publish-pending.ts';

export interface OutboxRelay {
  /** Call it when a transaction with an event is through. Costs nothing when the relay is awake. */
  wake(): void;
  /** Resolves when everything that was in the outbox at the time of the call is published and gone from it. */
  idle(): Promise<void>;
  /** Waits for what is being published; the rest stays in the outbox for the next start. */
  close(): Promise<void>;
}

export interface OutboxRelayOptions {
  /** A table whose schema has `outboxModels`. */
  table: Table;
  bus: Pick<Bus, 'publish'>;
  logger: Pick<Logger, 'warn'>;
  /** Looks by itself this often, for events whose writer died before it could wake the relay; 5 s unless told. */
  pollMs?: number;
  /** Pause after a pass that failed, doubled up to 30 s with each further one; 200 unless told. */
  backoffMs?: number;
}

const MAX_BACKOFF_MS = 30_000;

/**
 * Publishes a service's outbox in the order of the events' ids; an event is deleted once it is published.
 * A crash in between publishes it again, so that consumers get every event once or more.
 */
export function startOutboxRelay(options: OutboxRelayOptions): OutboxRelay {
  const { pollMs = 5_000, backoffMs = 200, logger } = options;
  const closing = new AbortController();
  /** Passes that were asked for; one that starts after a call of `wake` or `idle` sees what was there by then. */
  let asked = 1;
  let rouse = new AbortController();
  let waiting: { asked: number; resolve(): void; reject(error: Error): void }[] = [];
  const stopped = run();

  async function run(): Promise<void> {
    let failures = 0;
    while (!closing.signal.aborted) {
      const serving = asked;
      rouse = new AbortController();
      if (await pass()) {
        failures = 0;
        release(serving);
        if (asked === serving) await rest(pollMs, AbortSignal.any([closing.signal, rouse.signal]));
      } else {
        await rest(Math.min(backoffMs * 2 ** failures++, MAX_BACKOFF_MS), closing.signal);
      }
    }
    for (const { reject } of waiting) reject(relayClosed());
  }

  /** Whether everything that the pass saw is published. */
  async function pass(): Promise<boolean> {
    try {
      const { failed } = await publishPending(options.table, options.bus, closing.signal);
      if (failed.length > 0) logger.warn({ failed }, 'outbox: some events could not be published yet');
      return failed.length === 0 && !closing.signal.aborted;
    } catch (error) {
      logger.warn({ err: error }, 'outbox: cannot be read or emptied at the moment');
      return false;
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
