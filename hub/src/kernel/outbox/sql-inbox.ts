import { sql as template } from 'drizzle-orm';
import { migrate } from '../sql/migrate.ts';
import type { Sql, SqlTx } from '../sql/sql.ts';

/** The table behind `takeOnce`. */
export async function migrateInbox(sql: Sql): Promise<void> {
  await migrate(sql, 'kernel.inbox', [
    {
      id: '1-table',
      up: template`CREATE TABLE kernel.inbox (
        consumer text NOT NULL,
        event_id text NOT NULL,
        taken_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer, event_id))`,
    },
  ]);
}

/**
 * Notes that `consumer` takes the event; false when it has taken it before and there is nothing left to do.
 * Runs in the transaction of the effect, so that a consumer whose effect is rolled back has not taken it.
 */
export async function takeOnce(tx: SqlTx, consumer: string, eventId: string): Promise<boolean> {
  const noted = await tx.rows(template`
    INSERT INTO kernel.inbox (consumer, event_id) VALUES (${consumer}, ${eventId})
    ON CONFLICT DO NOTHING RETURNING event_id`);
  return noted.length > 0;
}
