import type { CloudEvent } from '@butik/proto/events/cloud-event';
import { createEvent } from '@butik/proto/events/cloud-event';
import { nodeEnrolled } from '@butik/proto/events/shop';
import { pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Bus } from '../bus/bus.ts';
import type { OutboxStore } from './outbox-store.ts';
import { type OutboxRelay, startOutboxRelay } from './start-outbox-relay.ts';

/** An outbox of a test's own, and how a service writes into it. */
export interface TestOutbox {
  outbox: OutboxStore;
  /** Writes the events in one transaction, which is rolled back at the end when it shall fail. */
  write(events: readonly CloudEvent[], options?: { fail: boolean }): Promise<void>;
  close(): Promise<void>;
}

/** What every outbox does, as the relay needs it. */
export function outboxStoreContract(kind: string, open: () => Promise<TestOutbox>): void {
  describe(`outbox: ${kind}`, () => {
    let store: TestOutbox;
    let relay: OutboxRelay | undefined;
    beforeAll(async () => {
      store = await open();
    });
    afterEach(async () => {
      await relay?.close();
      await startOutboxRelay({ ...options(), bus: { publish: async () => undefined } }).idle();
    });
    afterAll(() => store?.close());

    const options = () => ({ outbox: store.outbox, logger: pino({ level: 'silent' }), backoffMs: 1 });
    function relayTo(publish: Bus['publish']): OutboxRelay {
      relay = startOutboxRelay({ ...options(), bus: { publish }, pollMs: 60_000 });
      return relay;
    }

    test('events are published in the order they were written, per subject, and are gone then', async () => {
      const events = ['n1', 'n2', 'n1', 'n1', 'n2'].map((subject) => eventOf(subject));
      for (const event of events) await store.write([event]);
      const published: CloudEvent[] = [];
      await relayTo(async (event) => void published.push(event)).idle();
      for (const subject of ['n1', 'n2']) {
        const ofSubject = (event: CloudEvent) => event.subject === subject;
        expect(published.filter(ofSubject)).toEqual(events.filter(ofSubject));
      }
      expect(published).toHaveLength(5);
      expect((await store.outbox.read(10)).entries).toEqual([]);
    });

    test('a change that is rolled back leaves no event', async () => {
      await store.write([eventOf('n1')], { fail: true }).catch(() => undefined);
      expect((await store.outbox.read(10)).entries).toEqual([]);
    });

    test('more events than a page holds are all published', async () => {
      const events = Array.from({ length: 230 }, (_, n) => eventOf(`n${n % 7}`));
      for (let from = 0; from < events.length; from += 50) await store.write(events.slice(from, from + 50));
      const published = new Set<string>();
      await relayTo(async ({ id }) => void published.add(id)).idle();
      expect(published.size).toBe(230);
    });

    test('an event that cannot be published holds up its own subject only', async () => {
      const [stuck, behind, other] = [eventOf('n1'), eventOf('n1'), eventOf('n2')];
      await store.write([stuck!, behind!, other!]);
      const log: string[] = [];
      let failures = 2;
      await relayTo(async ({ id }) => {
        if (id === stuck!.id && failures-- > 0) throw new Error('the broker is away');
        log.push(id);
      }).idle();
      expect(log).toEqual([other!.id, stuck!.id, behind!.id]);
    });

    test('what waits is told: how many, and since when', async () => {
      const waiting = relayTo(() => Promise.reject(new Error('the broker is away')));
      expect(await waiting.backlog()).toEqual({ oldestMs: null, events: 0 });
      await store.write([
        eventOf('n1', '2026-03-01T10:00:05.000Z'),
        eventOf('n2', '2026-03-01T10:00:00.000Z'),
      ]);
      expect(await waiting.backlog()).toEqual({ oldestMs: Date.parse('2026-03-01T10:00:00Z'), events: 2 });
    });
  });
}

function eventOf(subject: string, time = '2026-03-01T10:00:00.000Z'): CloudEvent {
  const id = uuidv7();
  const data = { nodeId: id, shopId: id, epoch: 1 };
  return createEvent(nodeEnrolled, { id, subject, source: 'butik/hub/shop', time, data });
}
