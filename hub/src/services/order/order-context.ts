import type { Table } from 'dynamodb-onetable';
import type { Kernel, ServiceClients } from '../../kernel/service.ts';
import type { SagaMetrics } from './saga/saga-metrics.ts';
import type { SagaRunner } from './saga/saga-runner.ts';
import type { orderSchema } from './schema.ts';

export type OrderTable = Table<typeof orderSchema>;

/** What the steps of a saga work with. */
export interface SagaContext {
  table: OrderTable;
  kernel: Pick<Kernel, 'clock' | 'newId' | 'logger'>;
  clients: Pick<ServiceClients, 'product' | 'shop' | 'inventory' | 'payment'>;
  metrics: SagaMetrics;
  /** Tells the outbox relay that there is something to publish. */
  wake(): void;
}

/** What the operations of this service work with. */
export interface OrderContext extends SagaContext {
  sagas: SagaRunner;
}
