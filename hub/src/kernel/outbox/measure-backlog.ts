import type { OutboxPage, OutboxStore } from './outbox-store.ts';

export interface OutboxBacklog {
  /** Epoch milliseconds at which the oldest event that waits was made; null when none waits. */
  oldestMs: number | null;
  /** Events that wait; 1000 says 1000 or more. */
  events: number;
}

/** More is not counted: that many say enough. */
const MAX_COUNTED = 1_000;
const PAGE = 250;

/** What waits in the outbox, for metrics. Throws what the store throws while it is away. */
export async function measureBacklog(outbox: OutboxStore): Promise<OutboxBacklog> {
  const times: number[] = [];
  let page: OutboxPage | undefined = await outbox.read(PAGE);
  while (page) {
    times.push(...page.entries.map(({ event }) => Date.parse(event.time)));
    if (times.length >= MAX_COUNTED) break;
    page = await page.next?.();
  }
  return {
    oldestMs: times.length > 0 ? Math.min(...times) : null,
    events: Math.min(times.length, MAX_COUNTED),
  };
}
