import type { CloudEvent } from '@butik/proto/events/cloud-event';
import type { Table } from 'dynamodb-onetable';
import { z } from 'zod';
import { readEntry } from './event-json.ts';
import type { OutboxPage, OutboxStore } from './outbox-store.ts';

const rowSchema = z.object({ eventId: z.string(), event: z.string() });

/** The outbox inside a service's own table, whose schema has `outboxModels`; ordered by the events' ids. */
export function documentOutbox(table: Table): OutboxStore {
  async function readPage(limit: number, after?: object): Promise<OutboxPage> {
    const rows = await table.find(
      'OutboxEvent',
      {},
      { limit, consistent: true, ...(after && { next: after }) },
    );
    const { next } = rows;
    return {
      entries: rows.map((row) => readEntry(rowSchema.parse(row).event)),
      ...(next && { next: () => readPage(limit, next) }),
    };
  }

  return {
    read: readPage,
    async remove(events: readonly CloudEvent[]) {
      const transaction = {};
      for (const { id } of events) await table.remove('OutboxEvent', { eventId: id }, { transaction });
      await table.transact('write', transaction);
    },
  };
}
