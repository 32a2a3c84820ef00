import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { sql as template } from 'drizzle-orm';
import type { PortName, Ports } from './kernel/service.ts';
import type { ReadinessCheck } from './kernel/telemetry/health-routes.ts';

/**
 * The stores without which this process can answer nothing. The bus, the jobs and the cache are not among them:
 * while they are away outboxes fill and limits do not count, but nobody is turned away.
 */
export function readinessChecks(ports: Ports, needs: ReadonlySet<PortName>): ReadinessCheck[] {
  const checks: ReadinessCheck[] = [
    { name: 'sql', check: () => ports.sql.rows(template`SELECT 1`) },
    {
      name: 'documents',
      check: (abortSignal) =>
        ports.documents.client.send(new ListTablesCommand({ Limit: 1 }), { abortSignal }),
    },
  ];
  return checks.filter(({ name }) => needs.has(name as PortName));
}
