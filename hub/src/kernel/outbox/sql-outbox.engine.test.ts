import { onPostgres } from '../sql/testing/on-postgres.ts';

await onPostgres(() => import('./sql-outbox.test.ts'));
