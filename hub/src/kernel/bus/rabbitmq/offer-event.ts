import { setTimeout as wait } from 'node:timers/promises';
import type { CloudEvent } from '@butik/proto/events/cloud-event';
import type { Logger } from 'pino';
import type { Subscription } from '../bus.ts';

export interface OfferOptions {
  maxAttempts: number;
  /** Pause after the first failed attempt, doubled after each further one up to 10 s. */
  backoffMs: number;
  logger: Pick<Logger, 'warn' | 'error'>;
}

const MAX_BACKOFF_MS = 10_000;

/**
 * Offers an event to its consumer until it is taken or the attempts are used up, in place: later events of its
 * subject wait, as its order demands. Rejects when the signal is aborted.
 */
export async function offerEvent(
  { consumer, giveUp, handle }: Subscription,
  event: CloudEvent,
  options: OfferOptions,
  signal: AbortSignal,
): Promise<{ taken: true } | { taken: false; error: unknown }> {
  for (let attempt = 1; ; attempt++) {
    try {
      // A handler that fails half-way may have changed its copy.
      await handle(structuredClone(event));
      return { taken: true };
    } catch (error) {
      const about = { consumer, eventId: event.id, type: event.type, attempt, err: error };
      if (giveUp !== false && attempt >= options.maxAttempts) {
        options.logger.error(about, 'event goes to the dead letters');
        return { taken: false, error };
      }
      options.logger.warn(about, 'event was not taken; it is offered again');
    }
    await wait(backoff(options.backoffMs, attempt), undefined, { signal });
  }
}

/** Runs `act` until it succeeds. Rejects when the signal is aborted. */
export async function untilDone(
  act: () => Promise<unknown>,
  { backoffMs, logger }: Pick<OfferOptions, 'backoffMs' | 'logger'>,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await act();
      return;
    } catch (error) {
      logger.warn({ err: error, attempt }, 'bus: a dead letter could not be handed on; tried again');
    }
    await wait(backoff(backoffMs, attempt), undefined, { signal });
  }
}

function backoff(firstMs: number, attempt: number): number {
  return Math.min(firstMs * 2 ** (attempt - 1), MAX_BACKOFF_MS);
}
