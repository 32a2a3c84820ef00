import { ButikError } from '@butik/proto/errors/butik-error';
import type { CloudEvent } from '@butik/proto/events/cloud-event';
import type { Table } from 'dynamodb-onetable';
import type { Transaction } from './outbox-models.ts';

/** An item of DynamoDB holds 400 KB; more than this does not fit beside its keys. */
const MAX_EVENT_BYTES = 380_000;

/**
 * Adds the event to the transaction of the change it tells of. Wake the relay once the transaction is through.
 * Throws BODY_TOO_LARGE: publish a large change as several events.
 */
export async function putInOutbox(
  table: Table,
  event: CloudEvent,
  { transaction }: { transaction: Transaction },
): Promise<void> {
  const json = JSON.stringify(event);
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_EVENT_BYTES) {
    throw new ButikError('BODY_TOO_LARGE', {
      message: `Event ${event.type} is too large for the outbox.`,
      details: { limit: MAX_EVENT_BYTES, bytes },
    });
  }
  await table.create('OutboxEvent', { eventId: event.id, event: json }, { transaction });
}
