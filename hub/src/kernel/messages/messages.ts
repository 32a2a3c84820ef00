import { z } from 'zod';

const MAX_TEXT_CHARACTERS = 1_000_000;
/** Ten parts; carriers take no longer ones. */
const MAX_SMS_CHARACTERS = 1_530;
const MAX_PUSH_BYTES = 4_000;

/**
 * Text that becomes a header or a parameter: a line break in it could add another. Half a surrogate pair, as control
 * characters, is what stores and carriers refuse.
 */
export const oneLine = (maxCharacters: number) =>
  z
    .string()
    .max(maxCharacters)
    .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, 'Expected one line without control characters');

const UNKEPT = /[[\p{Cc}\p{Cs}]--[\n\t]]/v;
/** Text of lines, which end in a line feed alone; tabs may be in it, but no other control characters. */
export const manyLines = (maxCharacters: number) =>
  z
    .string()
    .overwrite((text) => text.replaceAll('\r\n', '\n'))
    .max(maxCharacters)
    .refine((text) => !UNKEPT.test(text), 'Expected no control characters but line feeds and tabs');
/** The sender's own; carriers that can do so use it to deliver a message once. */
const idSchema = z.string().regex(/^[\w.:-]{1,200}$/, 'Expected letters, digits, `.`, `_`, `:` and `-`');

export const mailSchema = z.object({
  id: idSchema,
  to: z.email().max(254),
  subject: oneLine(900),
  text: manyLines(MAX_TEXT_CHARACTERS),
  html: manyLines(MAX_TEXT_CHARACTERS).optional(),
});
export type Mail = z.infer<typeof mailSchema>;

export const smsSchema = z.object({
  id: idSchema,
  to: z.e164(),
  text: manyLines(MAX_SMS_CHARACTERS).min(1),
});
export type Sms = z.infer<typeof smsSchema>;

export const pushSchema = z
  .object({
    id: idSchema,
    /** The device's registration token. */
    to: z.string().regex(/^[\w.:-]{1,4096}$/, 'Expected a registration token'),
    title: oneLine(200),
    body: manyLines(MAX_PUSH_BYTES),
    data: z.record(oneLine(MAX_PUSH_BYTES).min(1), manyLines(MAX_PUSH_BYTES)).optional(),
  })
  .refine(
    ({ title, body, data = {} }) =>
      Buffer.byteLength(JSON.stringify({ title, body, data })) <= MAX_PUSH_BYTES,
    `Expected at most ${MAX_PUSH_BYTES} bytes`,
  );
export type Push = z.infer<typeof pushSchema>;

export interface Delivery {
  /** Who took it over: `mailbox`, `smtp`, `ses`, `twilio`, `sns`, `fcm`. */
  carrier: string;
  /** The carrier's own id of the message. */
  carrierId: string;
}

/**
 * Hands messages to whoever carries them to people. A promise that resolves means that the carrier has taken the
 * message over, not that it was read. MESSAGE_REFUSED: it will never go there, so do not try again; `details.reason`
 * says why. SERVICE_UNAVAILABLE (`details.part` is the carrier), RATE_LIMITED or DEADLINE_EXCEEDED: try again later;
 * after a time-out or a lost connection it may come twice. CANCELLED: the caller's signal ended it.
 */
export interface Messages {
  sendMail(mail: Mail, options?: { signal?: AbortSignal }): Promise<Delivery>;
  sendSms(sms: Sms, options?: { signal?: AbortSignal }): Promise<Delivery>;
  sendPush(push: Push, options?: { signal?: AbortSignal }): Promise<Delivery>;
  close(): Promise<void>;
}
