import { onPostgres } from '../../sql/testing/on-postgres.ts';

await onPostgres(() => import('./open-postgres-search.test.ts'));
