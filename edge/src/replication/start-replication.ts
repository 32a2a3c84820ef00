import { COLLECTIONS } from '@butik/proto/collections/registry';
import type { BackoffLimits } from '@butik/sync/backoff';
import type { Logger } from 'pino';
import type { Ports } from '../ports.ts';
import type { Identity } from '../provisioning/identity.ts';
import type { Store } from '../store/store.ts';
import { createUnsentSalesCounter } from './count-unsent-sales.ts';
import { type OnCut, startFollowing } from './down/follow.ts';
import { openReplica } from './down/replica.ts';
import { createHubClient } from './hub-client.ts';
import { createHubHealth } from './hub-health.ts';
import { startRetention } from './outbox/start-retention.ts';
import { readSyncStatus } from './read-sync-status.ts';
import type { SyncStatus } from './sync-status.ts';
import { startPushLoop } from './up/push-loop.ts';

export interface Replication {
  status(): SyncStatus;
  /** Tries the hub now, such as when the line is known to be back. */
  wake(): void;
  close(): Promise<void>;
}

/** Of every retry towards the hub: from half a second to half a minute. */
const RETRY: BackoffLimits = { baseMs: 500, maxMs: 30_000 };
const KEEP_FACTS_DAYS = 30;
/** How often a refused box asks again: rarely, since only a person can mend it. */
const REFUSED_RETRY_MS = 5 * 60_000;

/**
 * Sends the shop's facts up and brings the hub's collections down, for as long as it runs. It never
 * throws and never holds up a sale; how it goes is in `status()`. `onCut` is called after each
 * consistent cut is in the store.
 */
export function startReplication(options: {
  store: Store;
  identity: Identity;
  ports: Ports;
  logger: Logger;
  fetch?: typeof fetch;
  onCut?: OnCut;
  retry?: BackoffLimits;
  refusedRetryMs?: number;
  /** How long facts stay here after the hub has acknowledged them. */
  keepFactsDays?: number;
  random?: () => number;
}): Replication {
  const { store, identity, ports } = options;
  const logger = options.logger.child({ part: 'replication' });
  const { retry = RETRY, refusedRetryMs = REFUSED_RETRY_MS, random = Math.random } = options;
  const health = createHubHealth(ports, logger);
  const hub = createHubClient({ identity, ports, health, fetch: options.fetch ?? fetch });
  const replica = openReplica(store, COLLECTIONS, ports);
  const unsentSales = createUnsentSalesCounter(store.db);
  const shared = { store, identity, hub, health, retry, refusedRetryMs, random };
  const push = startPushLoop(shared);
  const retention = startRetention({
    store,
    logger,
    keepDays: options.keepFactsDays ?? KEEP_FACTS_DAYS,
    hubTime: hub.hubTime,
    neededFrom: push.neededFrom,
  });
  const following = startFollowing({
    ...shared,
    replica,
    collections: COLLECTIONS,
    onCut: options.onCut ?? (() => undefined),
  });

  return {
    status: () => readSyncStatus(store.db, health, replica, following, unsentSales),
    wake() {
      push.wake();
      following.wake();
    },
    async close() {
      await Promise.all([push.close(), following.close(), retention.close()]);
    },
  };
}
