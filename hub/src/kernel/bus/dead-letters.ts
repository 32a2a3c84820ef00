import { type CloudEvent, cloudEventSchema } from '@butik/proto/events/cloud-event';
import { sql as template } from 'drizzle-orm';
import { z } from 'zod';
import { migrate } from '../sql/migrate.ts';
import type { Sql, SqlTx } from '../sql/sql.ts';

/** An event that a consumer did not take in all its attempts. */
export interface DeadLetter {
  consumer: string;
  event: CloudEvent;
  error: unknown;
}

export const keptDeadLetterSchema = z.object({
  /** The consumer and the event's id, with a colon between them. */
  id: z.string(),
  consumer: z.string(),
  event: cloudEventSchema,
  /** What the consumer threw last, as text. */
  error: z.string(),
  /** UTC, ISO 8601 to the microsecond. */
  diedAt: z.string(),
});
export type KeptDeadLetter = z.infer<typeof keptDeadLetterSchema>;

const MAX_ERROR_CHARACTERS = 4_000;
const MAX_LISTED = 500;

export async function migrateDeadLetters(sql: Sql): Promise<void> {
  await migrate(sql, 'kernel.dead_letters', [
    {
      id: '1-table',
      up: template`CREATE TABLE kernel.dead_letters (
        consumer text NOT NULL,
        event_id text NOT NULL,
        event jsonb NOT NULL,
        error text NOT NULL,
        died_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer, event_id))`,
    },
  ]);
}

/** Keeps one letter for each consumer and event; an event that dies again replaces its letter. */
export async function keepDeadLetter(sql: SqlTx, { consumer, event, error }: DeadLetter): Promise<void> {
  await sql.rows(template`
    INSERT INTO kernel.dead_letters (consumer, event_id, event, error)
    VALUES (${consumer}, ${event.id}, ${JSON.stringify(event)}::jsonb, ${errorText(error)})
    ON CONFLICT (consumer, event_id) DO UPDATE SET error = excluded.error, died_at = clock_timestamp()`);
}

/** In the order of the events' ids, 500 at most. `after` is the id of the last letter of the page before. */
export async function listDeadLetters(
  sql: SqlTx,
  page: { limit?: number; after?: string | undefined } = {},
): Promise<KeptDeadLetter[]> {
  const { consumer, eventId } = partsOf(page.after ?? ':');
  return readLetters(
    sql,
    template`(event_id, consumer) > (${eventId}, ${consumer})`,
    Math.min(page.limit ?? MAX_LISTED, MAX_LISTED),
  );
}

export async function findDeadLetter(sql: SqlTx, id: string): Promise<KeptDeadLetter | undefined> {
  const { consumer, eventId } = partsOf(id);
  const [letter] = await readLetters(sql, template`consumer = ${consumer} AND event_id = ${eventId}`, 1);
  return letter;
}

/** Removes a letter as it was read: one whose event has died again since stays. */
export async function dropDeadLetter(
  sql: SqlTx,
  { consumer, event, diedAt }: Pick<KeptDeadLetter, 'consumer' | 'event' | 'diedAt'>,
): Promise<void> {
  await sql.rows(template`DELETE FROM kernel.dead_letters
    WHERE consumer = ${consumer} AND event_id = ${event.id} AND died_at = ${diedAt}::timestamptz`);
}

async function readLetters(
  sql: SqlTx,
  where: ReturnType<typeof template>,
  limit: number,
): Promise<KeptDeadLetter[]> {
  const rows = await sql.rows<{ consumer: string; event: string; error: string; died_at: string }>(template`
    SELECT consumer, event::text AS event, error,
      to_char(died_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS died_at
    FROM kernel.dead_letters WHERE ${where} ORDER BY event_id, consumer LIMIT ${limit}`);
  return rows.map((row) => {
    const event = cloudEventSchema.parse(JSON.parse(row.event));
    const { consumer, error, died_at: diedAt } = row;
    return { id: `${consumer}:${event.id}`, consumer, event, error, diedAt };
  });
}

function partsOf(id: string): { consumer: string; eventId: string } {
  const colon = id.indexOf(':');
  return { consumer: id.slice(0, Math.max(colon, 0)), eventId: id.slice(colon + 1) };
}

function errorText(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text.slice(0, MAX_ERROR_CHARACTERS);
}
