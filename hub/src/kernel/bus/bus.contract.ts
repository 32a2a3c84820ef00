import { type CloudEvent, createEvent } from '@butik/proto/events/cloud-event';
import { orderCancelled, orderCreated } from '@butik/proto/events/order';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Bus, EventHandler } from './bus.ts';
import type { DeadLetter } from './dead-letters.ts';

export interface OpenedBus {
  bus: Bus;
  /** Resolves when nothing is on its way any more; for adapters whose `publish` does not wait for the consumers. */
  idle(): Promise<void>;
}
/** Opens the bus under test with three attempts for each event and no pause between them. */
export type OpenBus = (onDeadLetter: (letter: DeadLetter) => Promise<void>) => Promise<OpenedBus>;

/** What a bus does, whatever carries it. */
export function busContract(open: OpenBus): void {
  let opened: OpenedBus;
  let bus: Bus;
  let dead: DeadLetter[];

  beforeEach(async () => {
    dead = [];
    opened = await open(async (letter) => {
      dead.push(letter);
    });
    bus = opened.bus;
  });
  afterEach(() => bus.close());

  test('every consumer gets an event of its types, and none of another type', async () => {
    const feed = await consume('feed', ['OrderCancelled', 'OrderCreated']);
    const report = await consume('report', ['OrderCancelled']);
    const created = orderEvent('a');
    const cancelled = cancelledEvent('a');
    await publish(created, cancelled);
    expect(feed).toEqual([created, cancelled]);
    expect(report).toEqual([cancelled]);
  });

  test('an event that nobody wants is no fault', async () => {
    await publish(orderEvent('a'));
    expect(dead).toEqual([]);
  });

  test('events of one order arrive in the order they were published, even while the first is slow', async () => {
    const gate = Promise.withResolvers<void>();
    const taken: CloudEvent[] = [];
    await bus.subscribe({
      consumer: 'feed',
      types: ['OrderCreated', 'OrderCancelled'],
      async handle(event) {
        if (event.type === 'OrderCreated') await gate.promise;
        taken.push(event);
      },
    });
    const [created, cancelled] = [orderEvent('a'), cancelledEvent('a')];
    const both = [bus.publish(created), bus.publish(cancelled)];
    gate.resolve();
    await Promise.all(both);
    await opened.idle();
    expect(taken).toEqual([created, cancelled]);
  });

  test('an order whose event is slow holds up no other order', async () => {
    const gate = Promise.withResolvers<void>();
    const other = Promise.withResolvers<void>();
    await bus.subscribe({
      consumer: 'feed',
      types: ['OrderCreated'],
      async handle({ subject }) {
        if (subject === 'a') await gate.promise;
        else other.resolve();
      },
    });
    const slow = bus.publish(orderEvent('a'));
    await bus.publish(orderEvent('b'));
    await other.promise;
    gate.resolve();
    await slow;
    await opened.idle();
  });

  test('a consumer that fails at first is offered the event again', async () => {
    const attempts = await consume('feed', ['OrderCreated'], async (_, attempt) => {
      if (attempt < 3) throw new Error('not now');
    });
    const event = orderEvent('a');
    await publish(event);
    expect(attempts).toEqual([event, event, event]);
    expect(dead).toEqual([]);
  });

  test('a consumer that never takes an event loses it to the dead letters, and gets the next one', async () => {
    const [poison, good] = [orderEvent('a'), orderEvent('a')];
    const attempts = await consume('feed', ['OrderCreated'], async (event) => {
      if (event.id === poison.id) throw new Error('cannot read it');
    });
    await publish(poison, good);
    expect(attempts).toEqual([poison, poison, poison, good]);
    expect(dead).toEqual([{ consumer: 'feed', event: poison, error: expect.anything() }]);
    expect(String(dead[0]?.error)).toContain('cannot read it');
  });

  test('a consumer that never gives up is offered an event until it takes it, and the next one after it', async () => {
    const [hard, next] = [orderEvent('a'), orderEvent('a')];
    const attempts: CloudEvent[] = [];
    await bus.subscribe({
      consumer: 'feed',
      types: ['OrderCreated'],
      giveUp: false,
      async handle(event) {
        attempts.push(event);
        if (attempts.length < 8) throw new Error('not now');
      },
    });
    for (const event of [hard, next]) await publishAsRelaysDo(event);
    await opened.idle();
    expect(attempts.map(({ id }) => id)).toEqual([...Array(8).fill(hard.id), next.id]);
    expect(dead).toEqual([]);
  });

  test('a consumer that fails takes nothing from another one', async () => {
    await consume('broken', ['OrderCreated'], async () => {
      throw new Error('broken');
    });
    const sound = await consume('sound', ['OrderCreated']);
    const event = orderEvent('a');
    await publish(event);
    expect(sound).toEqual([event]);
    expect(dead).toMatchObject([{ consumer: 'broken' }]);
  });

  test('what one consumer does to its copy of an event, another does not see', async () => {
    await consume('careless', ['OrderCreated'], async (event) => {
      event.subject = 'changed';
    });
    const careful = await consume('careful', ['OrderCreated']);
    await publish(orderEvent('a'));
    expect(careful).toMatchObject([{ subject: 'a' }]);
  });

  test('a hundred orders at once: each consumer gets each event once', async () => {
    const feed = await consume('feed', ['OrderCreated']);
    const report = await consume('report', ['OrderCreated']);
    const events = Array.from({ length: 100 }, (_, n) => orderEvent(`order-${n % 10}`));
    await Promise.all(events.map((event) => bus.publish(event)));
    await opened.idle();
    const ids = events.map(({ id }) => id).sort();
    expect(feed.map(({ id }) => id).sort()).toEqual(ids);
    expect(report.map(({ id }) => id).sort()).toEqual(ids);
  });

  test('a closed bus takes no more events', async () => {
    await bus.close();
    await expect(bus.publish(orderEvent('a'))).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  /** Subscribes and returns the list that fills with what the consumer is offered. */
  async function consume(
    consumer: string,
    types: string[],
    react?: (event: CloudEvent, attempt: number) => Promise<void>,
  ): Promise<CloudEvent[]> {
    const offered: CloudEvent[] = [];
    const handle: EventHandler = async (event) => {
      offered.push(structuredClone(event));
      await react?.(event, offered.length);
    };
    await bus.subscribe({ consumer, types, handle });
    return offered;
  }

  /** An event whose `publish` failed is published again. */
  async function publishAsRelaysDo(event: CloudEvent): Promise<void> {
    for (let tries = 0; tries < 20; tries++) {
      const published = await bus.publish(event).then(
        () => true,
        () => false,
      );
      if (published) return;
    }
    throw new Error('the event was never taken');
  }

  async function publish(...events: CloudEvent[]): Promise<void> {
    for (const event of events) await bus.publish(event);
    await opened.idle();
  }
}

const base = { source: 'butik/hub/order', time: '2025-03-01T10:00:00.000Z' };

export function orderEvent(subject: string): CloudEvent {
  const id = uuidv7();
  const order = { orderId: id, shopId: id, kind: 'sale' as const, businessDay: '2025-03-01' };
  return createEvent(orderCreated, {
    ...base,
    id,
    subject,
    data: { ...order, currency: 'SEK', totalMinor: 1990 },
  });
}

function cancelledEvent(subject: string): CloudEvent {
  const id = uuidv7();
  return createEvent(orderCancelled, {
    ...base,
    id,
    subject,
    data: { orderId: id, shopId: id, reason: 'regretted' },
  });
}
