import { sql as template } from 'drizzle-orm';
import type { Registry } from 'prom-client';
import type { Bus } from '../bus/bus.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Sql } from '../sql/sql.ts';
import { gaugesOnScrape } from './gauges-on-scrape.ts';

/** Jobs by name and state. */
export function jobMetrics({ metrics, jobs }: { metrics: Registry; jobs: Pick<Jobs, 'depth'> }): void {
  gaugesOnScrape({
    metrics,
    part: 'jobs',
    gauges: {
      butik_jobs: {
        help: 'Jobs that wait (for their time or a worker), run, or have failed for good.',
        labelNames: ['job', 'state'],
      },
    },
    async read() {
      const depth = await jobs.depth();
      return {
        butik_jobs: depth.flatMap(({ name: job, ...counts }) =>
          (['waiting', 'running', 'failed'] as const).map((state) => ({
            labels: { job, state },
            value: counts[state],
          })),
        ),
      };
    },
  });
}

/** What waits at the bus for each consumer, where the bus holds events itself, and the dead letters of all consumers. */
export function busMetrics({
  metrics,
  bus,
  sql,
}: {
  metrics: Registry;
  bus: Pick<Bus, 'depth'>;
  sql: Sql;
}): void {
  gaugesOnScrape({
    metrics,
    part: 'dead-letters',
    gauges: {
      butik_dead_letters: {
        help: 'Events that a consumer did not take, kept for a person.',
        labelNames: ['consumer'],
      },
    },
    async read() {
      const rows = await sql.rows<{ consumer: string; letters: number }>(template`
        SELECT consumer, count(*)::integer AS letters FROM kernel.dead_letters GROUP BY consumer`);
      const letters = rows.map(({ consumer, letters: value }) => ({ labels: { consumer }, value }));
      return { butik_dead_letters: letters };
    },
  });
  if (!bus.depth) return;
  gaugesOnScrape({
    metrics,
    part: 'bus',
    gauges: {
      butik_bus_waiting_events: {
        help: 'Events in a consumer’s queue that nobody has fetched.',
        labelNames: ['consumer'],
      },
      butik_bus_dying_events: {
        help: 'Dead letters that are still at the broker, because they could not be kept.',
        labelNames: ['consumer'],
      },
    },
    async read() {
      const depths = (await bus.depth?.()) ?? [];
      return {
        butik_bus_waiting_events: depths.map(({ consumer, waiting: value }) => ({
          labels: { consumer },
          value,
        })),
        butik_bus_dying_events: depths.map(({ consumer, dead: value }) => ({ labels: { consumer }, value })),
      };
    },
  });
}
