import { onPostgres } from '../kernel/sql/testing/on-postgres.ts';

await onPostgres(() => import('./reoffers.test.ts'));
