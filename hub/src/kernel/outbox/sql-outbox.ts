import type { CloudEvent } from '@butik/proto/events/cloud-event';
import { type SQL, sql as template } from 'drizzle-orm';
import type { Migration } from '../sql/migrate.ts';
import type { Sql, SqlTx } from '../sql/sql.ts';
import { eventJson, readEntry } from './event-json.ts';
import type { OutboxPage, OutboxStore } from './outbox-store.ts';

const FIRST = '0';

/** The table `outbox` in a service's schema, which is there already; one of the service's migrations. */
export function sqlOutboxMigration(schema: string): Migration {
  return {
    id: 'outbox-1',
    up: template`CREATE TABLE ${outboxOf(schema)} (
      position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      event_id uuid NOT NULL UNIQUE,
      event text NOT NULL)`,
  };
}

/**
 * Adds the event to the transaction of the change it tells of. Wake the relay once the transaction is through.
 * Events of one subject keep their order when whoever writes them has locked the row they are about.
 * Throws BODY_TOO_LARGE: publish a large change as several events.
 */
export async function putInSqlOutbox(tx: SqlTx, schema: string, event: CloudEvent): Promise<void> {
  await tx.rows(template`
    INSERT INTO ${outboxOf(schema)} (event_id, event) VALUES (${event.id}, ${eventJson(event)})`);
}

/** The outbox in the schema of a service that stands on sql. */
export function sqlOutbox(sql: Sql, schema: string): OutboxStore {
  async function readPage(limit: number, after: string): Promise<OutboxPage> {
    const rows = await sql.rows<{ position: string; event: string }>(template`
      SELECT position::text AS position, event FROM ${outboxOf(schema)}
      WHERE position > ${after}::bigint ORDER BY position LIMIT ${limit}`);
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return {
      entries: rows.map(({ event }) => readEntry(event)),
      ...(last && { next: () => readPage(limit, last.position) }),
    };
  }

  return {
    read: (limit) => readPage(limit, FIRST),
    async remove(events) {
      const ids = JSON.stringify(events.map(({ id }) => id));
      await sql.rows(template`DELETE FROM ${outboxOf(schema)}
        WHERE event_id IN (SELECT value::uuid FROM json_array_elements_text(${ids}::json))`);
    },
  };
}

function outboxOf(schema: string): SQL {
  return template`${template.identifier(schema)}.outbox`;
}
