import { type CloudEvent, cloudEventSchema } from '@butik/proto/events/cloud-event';
import { sql as template } from 'drizzle-orm';
import { migrate } from '../sql/migrate.ts';
import type { Sql, SqlTx } from '../sql/sql.ts';

/** An event that a consumer did not take in all its attempts. */
export interface DeadLetter {
  consumer: string;
  event: CloudEvent;
  error: unknown;
}

export interface KeptDeadLetter {
  consumer: string;
  event: CloudEvent;
  /** What the consumer threw last, as text. */
  error: string;
  /** UTC, ISO 8601. */
  diedAt: string;
}

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
    ON CONFLICT (consumer, event_id) DO UPDATE SET error = excluded.error, died_at = excluded.died_at`);
}

/** The oldest first, 500 at most. */
export async function listDeadLetters(sql: SqlTx, consumer?: string): Promise<KeptDeadLetter[]> {
  const rows = await sql.rows<{ consumer: string; event: string; error: string; died_at: string }>(template`
    SELECT consumer, event::text AS event, error,
      to_char(died_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS died_at
    FROM kernel.dead_letters
    ${consumer === undefined ? template`` : template`WHERE consumer = ${consumer}`}
    ORDER BY dead_letters.died_at, event_id LIMIT ${MAX_LISTED}`);
  return rows.map((row) => ({
    consumer: row.consumer,
    event: cloudEventSchema.parse(JSON.parse(row.event)),
    error: row.error,
    diedAt: row.died_at,
  }));
}

function errorText(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text.slice(0, MAX_ERROR_CHARACTERS);
}
