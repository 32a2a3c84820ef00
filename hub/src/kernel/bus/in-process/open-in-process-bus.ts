import { setTimeout as wait } from 'node:timers/promises';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { CloudEvent } from '@butik/proto/events/cloud-event';
import type { Logger } from 'pino';
import type { Bus, Subscription } from '../bus.ts';
import type { DeadLetter } from '../dead-letters.ts';

export interface InProcessBusOptions {
  logger: Pick<Logger, 'warn' | 'error'>;
  /** How often a consumer is offered an event before it goes to the dead letters; 5 unless told. */
  maxAttempts?: number;
  /** Pause after the first failed attempt, doubled after each further one up to 10 s; 100 unless told. */
  backoffMs?: number;
  /** Keeps an event that a consumer did not take. While it throws, `publish` fails and the outbox keeps the event. */
  onDeadLetter(letter: DeadLetter): Promise<void>;
  /** Nothing is delivered before it resolves: hand one in when consumers subscribe after relays have started. */
  ready?: Promise<unknown>;
  /** Tests pass their own. Rejects when the signal is aborted. */
  sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

const MAX_BACKOFF_MS = 10_000;
/** Deliveries that wait or run. Publishers are relays with bounds of their own; this one stops a runaway. */
const MAX_PENDING = 10_000;

/**
 * The bus of a hub in one process. It holds nothing durably: `publish` resolves when every consumer has
 * taken the event or its dead letter is kept, and until then the publisher's outbox has it. It fails when a
 * consumer that never gives up has not taken the event in as many attempts: the outbox offers it again.
 */
export function openInProcessBus(options: InProcessBusOptions): Bus {
  const {
    maxAttempts = 5,
    backoffMs = 100,
    sleep = (ms, signal) => wait(ms, undefined, { signal }),
  } = options;
  const subscriptions: Subscription[] = [];
  /** The last delivery of each consumer and subject; the next one waits for it. */
  const lastDeliveries = new Map<string, Promise<unknown>>();
  const running = new Set<Promise<unknown>>();
  const closing = new AbortController();

  async function publish(event: CloudEvent): Promise<void> {
    if (closing.signal.aborted) throw busClosed();
    if (running.size >= MAX_PENDING) {
      throw new ButikError('SERVICE_UNAVAILABLE', { details: { part: 'bus', pending: running.size } });
    }
    await options.ready;
    const takers = subscriptions.filter(({ types }) => types.includes(event.type));
    const outcomes = await Promise.allSettled(takers.map((taker) => enqueue(taker, event)));
    const refused = outcomes.find((outcome) => outcome.status === 'rejected');
    if (refused) throw refused.reason;
  }

  function enqueue(taker: Subscription, event: CloudEvent): Promise<void> {
    const lane = `${taker.consumer}\n${event.subject}`;
    const before = lastDeliveries.get(lane) ?? Promise.resolve();
    const delivery = before.then(() => deliver(taker, event));
    const settled = delivery
      .catch(() => undefined) // Its own publisher hears of it; the next delivery only waits for the end.
      .finally(() => {
        running.delete(settled);
        if (lastDeliveries.get(lane) === settled) lastDeliveries.delete(lane);
      });
    lastDeliveries.set(lane, settled);
    running.add(settled);
    return delivery;
  }

  async function deliver(taker: Subscription, event: CloudEvent): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      if (closing.signal.aborted) throw busClosed();
      try {
        // Consumers are as apart as over a broker: none sees what another does to its copy.
        return await taker.handle(structuredClone(event));
      } catch (error) {
        const about = { consumer: taker.consumer, eventId: event.id, type: event.type, attempt, err: error };
        if (attempt >= maxAttempts && taker.giveUp === false) {
          // The publisher's outbox keeps the event and publishes it again; here it would hold up other subjects.
          options.logger.error(about, 'event must be taken and was not; it is published again');
          throw new ButikError('SERVICE_UNAVAILABLE', { details: { part: taker.consumer }, cause: error });
        }
        if (attempt >= maxAttempts) {
          options.logger.error(about, 'event goes to the dead letters');
          return await options.onDeadLetter({ consumer: taker.consumer, event, error });
        }
        options.logger.warn(about, 'event was not taken; it is offered again');
      }
      await pause(Math.min(backoffMs * 2 ** (attempt - 1), MAX_BACKOFF_MS));
    }
  }

  async function pause(ms: number): Promise<void> {
    try {
      await sleep(ms, closing.signal);
    } catch (error) {
      if (closing.signal.aborted) throw busClosed();
      throw error;
    }
  }

  return {
    publish,
    async subscribe(subscription) {
      const twice = subscriptions.some(
        ({ consumer, types }) =>
          consumer === subscription.consumer && types.some((type) => subscription.types.includes(type)),
      );
      if (twice) throw new Error(`${subscription.consumer} subscribes twice to one type of event`);
      subscriptions.push(subscription);
    },
    async close() {
      closing.abort();
      await Promise.all(running);
    },
  };
}

function busClosed(): ButikError {
  return new ButikError('SERVICE_UNAVAILABLE', { message: 'The bus is closed.', details: { part: 'bus' } });
}
