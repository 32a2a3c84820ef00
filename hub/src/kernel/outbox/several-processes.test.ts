import { type CloudEvent, createEvent } from '@butik/proto/events/cloud-event';
import { nodeEnrolled } from '@butik/proto/events/shop';
import { pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, expect, test } from 'vitest';
import type { OutboxEntry, OutboxStore } from './outbox-store.ts';
import { publishPending } from './publish-pending.ts';
import { type OutboxRelay, startOutboxRelay } from './start-outbox-relay.ts';

let relay: OutboxRelay | undefined;
afterEach(async () => {
  await relay?.close();
  relay = undefined;
});

/** One outbox that several processes write to, as this one sees it. */
function sharedOutbox(entries: OutboxEntry[]): OutboxStore {
  return {
    read: async () => ({ entries: [...entries] }),
    async remove(events) {
      for (const { id } of events) {
        const at = entries.findIndex(({ event }) => event.id === id);
        if (at >= 0) entries.splice(at, 1);
      }
    },
  };
}

function relayOf(entries: OutboxEntry[], graceMs: number): { published: string[] } {
  const published: string[] = [];
  relay = startOutboxRelay({
    outbox: sharedOutbox(entries),
    bus: { publish: async ({ id }) => void published.push(id) },
    logger: pino({ level: 'silent' }),
    pollMs: 5,
    graceMs,
  });
  return { published };
}

const eventOf = (subject: string): CloudEvent =>
  createEvent(nodeEnrolled, {
    id: uuidv7(),
    source: 'butik/hub/shop',
    subject,
    time: '2026-03-01T10:00:00Z',
    data: { nodeId: uuidv7(), shopId: uuidv7(), epoch: 1 },
  });
const own = (subject: string) => ({ event: eventOf(subject), own: true });
const other = (subject: string) => ({ event: eventOf(subject), own: false });

test('what another process has written is left to it, and what follows of that subject waits', async () => {
  const [theirs, after, mine] = [other('a'), own('a'), own('b')];
  const entries = [theirs, after, mine];
  const { published } = relayOf(entries, 60_000);
  const idle = relay?.idle();
  await expect.poll(() => published).toEqual([mine.event.id]);
  expect(entries).toEqual([theirs, after]);
  // The other process publishes its own.
  entries.shift();
  relay?.wake();
  await idle;
  expect(published).toEqual([mine.event.id, after.event.id]);
});

test('what a process that died has left behind is published by another one, in its order', async () => {
  const [theirs, after] = [other('a'), own('a')];
  const { published } = relayOf([theirs, after], 20);
  await relay?.idle();
  expect(published).toEqual([theirs.event.id, after.event.id]);
});

test('events of one subject that a process left behind wait for one grace together, not for one each', async () => {
  const left = [other('a'), other('a'), other('a')];
  const seen: OutboxEntry[] = [];
  const bus = { publish: async () => undefined };
  await publishPending(sharedOutbox(left), bus, new AbortController().signal, (entry) => {
    seen.push(entry);
    return false;
  });
  expect(seen).toEqual(left);
});
