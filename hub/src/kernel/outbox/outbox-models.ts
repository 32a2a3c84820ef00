import type { OneSchema } from 'dynamodb-onetable';

/**
 * Models that a service spreads into its schema: events that are to be published, and the ids of events
 * it has taken, both in its own table so that they are written with the change itself.
 */
export const outboxModels = {
  OutboxEvent: {
    pk: { type: String, value: 'outbox' },
    sk: { type: String, value: '${eventId}' },
    eventId: { type: String, required: true },
    /** The CloudEvent as JSON. */
    event: { type: String, required: true },
  },
  InboxEntry: {
    pk: { type: String, value: 'inbox#${consumer}' },
    sk: { type: String, value: '${eventId}' },
    consumer: { type: String, required: true },
    eventId: { type: String, required: true },
  },
} as const satisfies OneSchema['models'];

/** What a transaction of OneTable is: writes gather in it until `table.transact('write', transaction)`. */
export type Transaction = object;
