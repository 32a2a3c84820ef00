import { setTimeout as wait } from 'node:timers/promises';
import { backoffMs } from '@butik/sync/backoff';
import type { Logger } from 'pino';

export interface Pulse {
  /** Looks at once, or again when it looks at the moment. */
  wake(): void;
  /** Waits for the look under way. */
  close(): Promise<void>;
}

export interface PulseOptions {
  /** Resolves with the milliseconds after which there is something to do; Infinity for nothing known. */
  look(): Promise<number>;
  /** Looks by itself this often. */
  pollMs: number;
  logger: Pick<Logger, 'warn'>;
}

/** Between two looks of which the first found work that it could not take. */
const MIN_REST_MS = 10;
const AFTER_FAILURE = { baseMs: 100, maxMs: 2_000 };

/** Looks when there is something to do, when it is woken, and now and then; slower while looking fails. */
export function startPulse({ look, pollMs, logger }: PulseOptions): Pulse {
  const closing = new AbortController();
  let asked = 0;
  let rouse = new AbortController();
  const stopped = run();

  async function run(): Promise<void> {
    let failures = 0;
    while (!closing.signal.aborted) {
      const serving = asked;
      rouse = new AbortController();
      try {
        const restMs = Math.max(Math.min(await look(), pollMs), MIN_REST_MS);
        failures = 0;
        if (asked === serving) await rest(restMs, AbortSignal.any([closing.signal, rouse.signal]));
      } catch (error) {
        logger.warn({ err: error }, 'jobs: the store cannot be asked at the moment');
        await rest(backoffMs(++failures, AFTER_FAILURE, Math.random), closing.signal);
      }
    }
  }

  return {
    wake() {
      asked++;
      rouse.abort();
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
