import { onPostgres } from '../kernel/sql/testing/on-postgres.ts';

await onPostgres(() => import('./sync-metrics.test.ts'));
