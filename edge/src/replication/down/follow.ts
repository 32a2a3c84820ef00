import type { Collection } from '@butik/proto/collections/define-collection';
import { type BackoffLimits, backoffMs } from '@butik/sync/backoff';
import { FetchError } from '@electric-sql/client';
import type { Identity } from '../../provisioning/identity.ts';
import { createAlarm } from '../alarm.ts';
import type { HubClient } from '../hub-client.ts';
import type { HubHealth } from '../hub-health.ts';
import { openSession, type Session } from './follow-session.ts';
import type { Replica } from './replica.ts';

export interface Following {
  /** Asks the hub now instead of at the end of a wait. */
  wake(): void;
  upToDate(): boolean;
  close(): Promise<void>;
}

export type OnCut = (position: string, changedCollections: string[]) => void;

/**
 * Keeps the replica at the hub's state, cut by cut, for ever. A session that fails for whatever
 * reason is closed, and a new one goes on from what was committed.
 */
export function startFollowing(context: {
  identity: Identity;
  hub: HubClient;
  health: HubHealth;
  replica: Replica;
  collections: readonly Collection[];
  retry: BackoffLimits;
  refusedRetryMs: number;
  random: () => number;
  onCut: OnCut;
}): Following {
  const { health, retry, refusedRetryMs, random } = context;
  const closing = new AbortController();
  const alarm = createAlarm();
  let session: Session | null = null;
  let failures = 0;

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      session = openSession(context, () => {
        failures = 0;
      });
      const error = await Promise.race([session.ended, aborted(closing.signal)]);
      await session.close();
      session = null;
      if (error === null) return;
      failures += 1;
      const isRefused = error instanceof FetchError && (error.status === 401 || error.status === 403);
      if (!isRefused) health.failed(error);
      await alarm.wait(isRefused ? refusedRetryMs : backoffMs(failures, retry, random));
    }
  }

  const running = run();
  return {
    wake() {
      session?.refresh();
      alarm.ring();
    },
    upToDate: () => session?.upToDate() ?? false,
    async close() {
      closing.abort();
      alarm.ring();
      await running;
    },
  };
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}
