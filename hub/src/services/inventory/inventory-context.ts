import type { Table } from 'dynamodb-onetable';
import type { Kernel } from '../../kernel/service.ts';
import type { inventorySchema } from './schema.ts';

/** What the operations of this service work with. */
export interface InventoryContext {
  table: Table<typeof inventorySchema>;
  kernel: Kernel;
  /** Tells the outbox relay that there is something to publish. */
  wake(): void;
}
