import { type CloudEvent, cloudEventSchema } from '@butik/proto/events/cloud-event';
import type { Table } from 'dynamodb-onetable';
import { z } from 'zod';
import type { Bus } from '../bus/bus.ts';

export interface FailedEvent {
  eventId: string;
  error: string;
}

/** Subjects whose events are on their way at once. */
const MAX_PARALLEL = 16;
/** What a transaction takes at most: a page is deleted in one. */
const PAGE = 100;
/** With so many failures the bus itself is ill, and the pass ends. */
const MAX_FAILURES = 50;

const rowSchema = z.object({ eventId: z.string(), event: z.string() });

/**
 * One pass over the outbox, page by page from the oldest event: events of one subject one after the other,
 * those of different subjects side by side; what of a page is published is deleted together. When one fails, later ones of its subject wait for the next pass;
 * other subjects go on, until 50 have failed.
 */
export async function publishPending(
  table: Table,
  bus: Pick<Bus, 'publish'>,
  signal: AbortSignal,
): Promise<{ failed: FailedEvent[] }> {
  const failed: FailedEvent[] = [];
  const heldUp = new Set<string>();
  let next: object | undefined;
  do {
    const rows = await table.find(
      'OutboxEvent',
      {},
      { limit: PAGE, consistent: true, ...(next && { next }) },
    );
    next = rows.next;
    const lanes = Map.groupBy(rows.map(readEvent), (event) => event.subject);
    const published: CloudEvent[] = [];
    await eachAtOnce([...lanes.values()], MAX_PARALLEL, (lane) => publishLane(lane, published));
    await removeAll(table, published);
  } while (next && !signal.aborted && failed.length < MAX_FAILURES);
  return { failed };

  async function publishLane(events: CloudEvent[], published: CloudEvent[]): Promise<void> {
    for (const event of events) {
      if (signal.aborted || heldUp.has(event.subject)) return;
      try {
        await bus.publish(event);
        published.push(event);
      } catch (error) {
        heldUp.add(event.subject);
        failed.push({ eventId: event.id, error: String(error) });
      }
    }
  }
}

/** All of them or none: if a later event of a subject went alone, the one before it would be published after it. */
async function removeAll(table: Table, events: readonly CloudEvent[]): Promise<void> {
  if (events.length === 0) return;
  const transaction = {};
  for (const { id } of events) await table.remove('OutboxEvent', { eventId: id }, { transaction });
  await table.transact('write', transaction);
}

function readEvent(row: unknown): CloudEvent {
  return cloudEventSchema.parse(JSON.parse(rowSchema.parse(row).event));
}

async function eachAtOnce<T>(items: T[], parallel: number, run: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const workers = Array.from({ length: Math.min(parallel, items.length) }, async () => {
    for (const item of queue) await run(item);
  });
  await Promise.all(workers);
}
