import type { CloudEvent } from '@butik/proto/events/cloud-event';
import type { Table } from 'dynamodb-onetable';
import { eventJson } from './event-json.ts';
import type { Transaction } from './outbox-models.ts';

/**
 * Adds the event to the transaction of the change it tells of. Wake the relay once the transaction is through.
 * Throws BODY_TOO_LARGE: publish a large change as several events.
 */
export async function putInOutbox(
  table: Table,
  event: CloudEvent,
  { transaction }: { transaction: Transaction },
): Promise<void> {
  await table.create('OutboxEvent', { eventId: event.id, event: eventJson(event) }, { transaction });
}
