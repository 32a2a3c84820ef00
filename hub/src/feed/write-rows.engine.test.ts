import { onPostgres } from '../kernel/sql/testing/on-postgres.ts';

await onPostgres(() => import('./write-rows.test.ts'));
