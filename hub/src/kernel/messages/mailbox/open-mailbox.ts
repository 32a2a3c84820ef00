import { ButikError } from '@butik/proto/errors/butik-error';
import { sql as template } from 'drizzle-orm';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { migrate } from '../../sql/migrate.ts';
import type { Sql, SqlTx } from '../../sql/sql.ts';
import { checkMessage } from '../check-message.ts';
import { type Delivery, type Messages, mailSchema, pushSchema, smsSchema } from '../messages.ts';

const kept = {
  /** In the order in which they came. */
  number: z.int().positive(),
  /** UTC, ISO 8601. */
  keptAt: z.iso.datetime(),
};
export const keptMessageSchema = z.discriminatedUnion('channel', [
  z.object({ ...kept, channel: z.literal('mail'), message: mailSchema }),
  z.object({ ...kept, channel: z.literal('sms'), message: smsSchema }),
  z.object({ ...kept, channel: z.literal('push'), message: pushSchema }),
]);
export type KeptMessage = z.infer<typeof keptMessageSchema>;
type Content = { [Kept in KeptMessage as Kept['channel']]: Kept['message'] };

/** Takes over every message and keeps it for the console to show; nobody gets it. */
export interface Mailbox extends Messages {
  /** The newest first, 200 at most. `before` is the number of the last one of the page before. */
  list(page: { limit: number; before?: number | undefined }): Promise<KeptMessage[]>;
  /** By the sender's id. Throws NOTIFICATION_NOT_FOUND. */
  read(messageId: string): Promise<KeptMessage>;
}

export interface MailboxOptions {
  sql: Sql;
  clock: Clock;
  /** When more are kept, the oldest go; 10,000 unless told. */
  maxMessages?: number;
}

const MAX_LISTED = 200;

/**
 * The local mailbox, for a hub that has no carriers. The same id twice is one message, as it came first. Keeps
 * nothing open: `close` ends the taking, and who asks afterwards is refused.
 */
export async function openMailbox({ sql, clock, maxMessages = 10_000 }: MailboxOptions): Promise<Mailbox> {
  await migrate(sql, 'messages', MIGRATIONS);
  let closed = false;

  async function keep<Channel extends keyof Content>(
    channel: Channel,
    message: Content[Channel],
    signal: AbortSignal | undefined,
  ): Promise<Delivery> {
    if (closed) throw new ButikError('SERVICE_UNAVAILABLE', { details: { part: 'mailbox' } });
    if (signal?.aborted) throw new ButikError('CANCELLED');
    const keptAt = new Date(clock.now()).toISOString();
    const number = await sql.transaction((tx) => insert(tx, { channel, message, keptAt }, maxMessages));
    return { carrier: 'mailbox', carrierId: String(number) };
  }

  return {
    sendMail: async (mail, options) => keep('mail', checkMessage(mailSchema, mail), options?.signal),
    sendSms: async (sms, options) => keep('sms', checkMessage(smsSchema, sms), options?.signal),
    sendPush: async (push, options) => keep('push', checkMessage(pushSchema, push), options?.signal),
    async list({ limit, before = Number.MAX_SAFE_INTEGER }) {
      return readMessages(sql, template`number < ${before}`, Math.min(limit, MAX_LISTED));
    },
    async read(messageId) {
      const [message] = await readMessages(sql, template`id = ${messageId}`, 1);
      if (!message) throw new ButikError('NOTIFICATION_NOT_FOUND', { message: 'No message has this id.' });
      return message;
    },
    async close() {
      closed = true;
    },
  };
}

const MIGRATIONS = [
  { id: '1-schema', up: template`CREATE SCHEMA messages` },
  {
    id: '2-mailbox',
    up: template`CREATE TABLE messages.mailbox (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      id text NOT NULL UNIQUE,
      channel text NOT NULL,
      message jsonb NOT NULL,
      kept_at timestamptz NOT NULL)`,
  },
];

async function insert(
  tx: SqlTx,
  { channel, message, keptAt }: Pick<KeptMessage, 'channel' | 'message' | 'keptAt'>,
  maxMessages: number,
): Promise<number> {
  const [inserted] = await tx.rows<{ number: number }>(template`
    INSERT INTO messages.mailbox (id, channel, message, kept_at)
    VALUES (${message.id}, ${channel}, ${JSON.stringify(message)}::jsonb, ${keptAt}::timestamptz)
    ON CONFLICT (id) DO NOTHING RETURNING number`);
  if (!inserted) {
    const [first] = await tx.rows<{ number: number }>(
      template`SELECT number FROM messages.mailbox WHERE id = ${message.id}`,
    );
    return first!.number;
  }
  await tx.rows(template`DELETE FROM messages.mailbox WHERE number <= ${inserted.number - maxMessages}`);
  return inserted.number;
}

async function readMessages(
  sql: SqlTx,
  where: ReturnType<typeof template>,
  limit: number,
): Promise<KeptMessage[]> {
  const rows = await sql.rows<{ number: number; channel: string; message: string; kept_at: string }>(template`
    SELECT number, channel, message::text AS message,
      to_char(kept_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS kept_at
    FROM messages.mailbox WHERE ${where} ORDER BY number DESC LIMIT ${limit}`);
  return rows.map(({ number, channel, message, kept_at: keptAt }) =>
    keptMessageSchema.parse({ number, channel, message: JSON.parse(message), keptAt }),
  );
}
