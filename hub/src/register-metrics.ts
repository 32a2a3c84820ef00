import type { Registry } from 'prom-client';
import type { Bus } from './kernel/bus/bus.ts';
import type { Clock } from './kernel/clock.ts';
import type { PortName, Ports } from './kernel/service.ts';
import type { Sql } from './kernel/sql/sql.ts';
import { outboxMetrics } from './kernel/telemetry/outbox-metrics.ts';
import { busMetrics, jobMetrics } from './kernel/telemetry/queue-metrics.ts';
import type { NamedInstance } from './start-services.ts';

/** What waits in this process and behind it: outboxes, jobs, queues, dead letters. Read at each scrape. */
export function registerMetrics(context: {
  metrics: Registry;
  clock: Clock;
  sql: Sql;
  bus: Bus;
  ports: Ports;
  needs: ReadonlySet<PortName>;
  instances: readonly NamedInstance[];
}): void {
  const { metrics, clock, sql, bus, ports, needs, instances } = context;
  busMetrics({ metrics, bus, sql });
  if (needs.has('jobs')) jobMetrics({ metrics, jobs: ports.jobs });
  outboxMetrics({
    metrics,
    clock,
    outboxes: instances.flatMap(({ name, backlog }) => (backlog ? [{ service: name, backlog }] : [])),
  });
}
