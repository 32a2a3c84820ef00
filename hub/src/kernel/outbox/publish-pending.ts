import type { CloudEvent } from '@butik/proto/events/cloud-event';
import type { Bus } from '../bus/bus.ts';
import type { OutboxEntry, OutboxPage, OutboxStore } from './outbox-store.ts';

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

/**
 * One pass over the outbox, page by page from the oldest event: events of one subject one after the other, those of
 * different subjects side by side; what of a page is published is deleted together. When one fails, or is another
 * process's to publish (`isOurs`), later ones of its subject wait for the next pass; other subjects go on, until 50
 * have failed.
 */
export async function publishPending(
  outbox: OutboxStore,
  bus: Pick<Bus, 'publish'>,
  signal: AbortSignal,
  isOurs: (entry: OutboxEntry) => boolean,
): Promise<{ failed: FailedEvent[]; left: number }> {
  const failed: FailedEvent[] = [];
  let left = 0;
  const heldUp = new Set<string>();
  let page: OutboxPage | undefined = await outbox.read(PAGE);
  while (page) {
    // Asked of every entry, also of one that waits for another: all that a dead process left is ours after one grace.
    const ours = new Set(page.entries.filter(isOurs));
    const lanes = Map.groupBy(page.entries, ({ event }) => event.subject);
    const published: CloudEvent[] = [];
    await eachAtOnce([...lanes.values()], MAX_PARALLEL, (lane) => publishLane(lane, ours, published));
    if (published.length > 0) await outbox.remove(published);
    if (signal.aborted || failed.length >= MAX_FAILURES) break;
    page = await page.next?.();
  }
  return { failed, left };

  async function publishLane(
    entries: OutboxEntry[],
    ours: ReadonlySet<OutboxEntry>,
    published: CloudEvent[],
  ): Promise<void> {
    for (const entry of entries) {
      const { event } = entry;
      if (signal.aborted || heldUp.has(event.subject)) return;
      if (!ours.has(entry)) {
        heldUp.add(event.subject);
        left++;
        return;
      }
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

async function eachAtOnce<T>(items: T[], parallel: number, run: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const workers = Array.from({ length: Math.min(parallel, items.length) }, async () => {
    for (const item of queue) await run(item);
  });
  await Promise.all(workers);
}
