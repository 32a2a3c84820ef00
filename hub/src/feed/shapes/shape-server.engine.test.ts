import { onPostgres } from '../../kernel/sql/testing/on-postgres.ts';

await onPostgres(() => import('./shape-server.test.ts'));
