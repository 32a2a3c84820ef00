import { onPostgres } from '../../kernel/sql/testing/on-postgres.ts';

await onPostgres(() => import('./payment-service.test.ts'));
await onPostgres(() => import('./refunds.test.ts'));
await onPostgres(() => import('./reviews.test.ts'));
await onPostgres(() => import('./settling/second-send.test.ts'));
await onPostgres(() => import('./reconcile.test.ts'));
await onPostgres(() => import('./ledger/ledger.test.ts'));
await onPostgres(() => import('./payment.property.test.ts'));
