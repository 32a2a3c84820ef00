import type { Table } from 'dynamodb-onetable';
import type { Kernel, ServiceClients } from '../../kernel/service.ts';
import type { notificationSchema } from './schema.ts';

/** What the operations of this service work with. */
export interface NotificationContext {
  table: Table<typeof notificationSchema>;
  kernel: Kernel;
  clients: Pick<ServiceClients, 'order'>;
}
