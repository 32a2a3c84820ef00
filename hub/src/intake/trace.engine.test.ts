import { onPostgres } from '../kernel/sql/testing/on-postgres.ts';

await onPostgres(() => import('./trace.test.ts'));
