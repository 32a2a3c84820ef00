import type { Registry } from 'prom-client';
import type { Clock } from '../clock.ts';
import type { OutboxBacklog } from '../outbox/measure-backlog.ts';
import { gaugesOnScrape } from './gauges-on-scrape.ts';

/** The outbox of one service, whose relay tells its backlog. */
export interface WatchedOutbox {
  service: string;
  backlog(): Promise<OutboxBacklog>;
}

/** How many events wait in each service's outbox, and how long the oldest has: an outbox that ages is a bus that is away. */
export function outboxMetrics(options: {
  metrics: Registry;
  clock: Clock;
  outboxes: readonly WatchedOutbox[];
}): void {
  const { metrics, clock, outboxes } = options;
  gaugesOnScrape({
    metrics,
    part: 'outbox',
    gauges: {
      butik_outbox_events: {
        help: 'Events that are not published yet; 1000 says 1000 or more.',
        labelNames: ['service'],
      },
      butik_outbox_oldest_seconds: {
        help: 'Age of the oldest event that is not published yet; 0 when there is none.',
        labelNames: ['service'],
      },
    },
    async read() {
      const backlogs = await Promise.all(
        outboxes.map(async ({ service, backlog }) => ({ labels: { service }, ...(await backlog()) })),
      );
      const nowMs = clock.now();
      return {
        butik_outbox_events: backlogs.map(({ labels, events: value }) => ({ labels, value })),
        butik_outbox_oldest_seconds: backlogs.map(({ labels, oldestMs }) => ({
          labels,
          value: oldestMs === null ? 0 : Math.max(nowMs - oldestMs, 0) / 1000,
        })),
      };
    },
  });
}
