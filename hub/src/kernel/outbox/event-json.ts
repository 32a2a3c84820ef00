import { randomUUID } from 'node:crypto';
import { ButikError } from '@butik/proto/errors/butik-error';
import { type CloudEvent, cloudEventSchema } from '@butik/proto/events/cloud-event';
import { currentTraceparent } from '@butik/proto/telemetry/span';
import { z } from 'zod';
import type { OutboxEntry } from './outbox-store.ts';

/** An item of DynamoDB holds 400 KB; more than this does not fit beside its keys. The same limit for every outbox. */
const MAX_EVENT_BYTES = 380_000;

/** This process, as its events in an outbox name it. */
const WRITER = randomUUID();
/** One that was kept before events named their writer has none. */
const writerSchema = z.object({ writer: z.string().default(WRITER) });

/**
 * The event as an outbox keeps it: stamped with the process that wrote it and, unless it has one, with the trace in
 * which it did. Throws BODY_TOO_LARGE.
 */
export function eventJson(event: CloudEvent): string {
  const traceparent = event.traceparent ?? currentTraceparent();
  const json = JSON.stringify({
    ...event,
    ...(traceparent !== undefined && { traceparent }),
    writer: WRITER,
  });
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_EVENT_BYTES) {
    throw new ButikError('BODY_TOO_LARGE', {
      message: `Event ${event.type} is too large for the outbox.`,
      details: { limit: MAX_EVENT_BYTES, bytes },
    });
  }
  return json;
}

export function readEntry(json: string): OutboxEntry {
  const kept: unknown = JSON.parse(json);
  return { event: cloudEventSchema.parse(kept), own: writerSchema.parse(kept).writer === WRITER };
}
