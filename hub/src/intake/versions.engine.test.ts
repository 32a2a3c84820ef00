import { onPostgres } from '../kernel/sql/testing/on-postgres.ts';

await onPostgres(() => import('./versions.test.ts'));
