import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudEvent } from '@butik/proto/events/cloud-event';
import { createEvent } from '@butik/proto/events/cloud-event';
import { orderCreated } from '@butik/proto/events/order';
import type { OneSchema, Table } from 'dynamodb-onetable';
import { pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Bus } from '../bus/bus.ts';
import { openInProcessBus } from '../bus/in-process/open-in-process-bus.ts';
import { conditionFailed } from '../documents/condition-failed.ts';
import type { Documents } from '../documents/documents.ts';
import { openEmbeddedDocuments } from '../documents/embedded/open-embedded-documents.ts';
import { markTaken, wasTaken } from './mark-taken.ts';
import { outboxModels } from './outbox-models.ts';
import { putInOutbox } from './put-in-outbox.ts';
import { type OutboxRelay, startOutboxRelay } from './start-outbox-relay.ts';

const schema = {
  format: 'onetable:1.1.0',
  version: '1.0.0',
  indexes: { primary: { hash: 'pk', sort: 'sk' } },
  models: {
    ...outboxModels,
    Order: {
      pk: { type: String, value: 'order#${orderId}' },
      sk: { type: String, value: 'order' },
      orderId: { type: String, required: true },
      steps: { type: Number, required: true },
    },
  },
} as const satisfies OneSchema;

const logger = pino({ level: 'silent' });
let directory: string;
let documents: Documents;
let table: Table<typeof schema>;
let relay: OutboxRelay | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'butik-outbox-'));
  await open();
});
afterEach(async () => {
  await relay?.close();
  relay = undefined;
  await documents.close();
  await rm(directory, { recursive: true });
});

async function open(): Promise<void> {
  documents = await openEmbeddedDocuments({ directory });
  table = await documents.openTable({ name: 'order-service', schema });
}

/** What the service does: a change and its event in one transaction. */
async function placeOrder(orderId: string): Promise<CloudEvent> {
  const event = orderEvent(orderId);
  const transaction = {};
  await table.create('Order', { orderId, steps: 0 }, { transaction });
  await putInOutbox(table, event, { transaction });
  await table.transact('write', transaction);
  return event;
}

function orderEvent(subject: string): CloudEvent {
  const id = uuidv7();
  const data = { orderId: id, shopId: id, kind: 'sale' as const, businessDay: '2025-03-01', currency: 'SEK' };
  return createEvent(orderCreated, {
    id,
    subject,
    source: 'butik/hub/order',
    time: '2025-03-01T10:00:00.000Z',
    data: { ...data, totalMinor: 1990 },
  });
}

async function putAlone(...events: CloudEvent[]): Promise<void> {
  for (const event of events) {
    const transaction = {};
    await putInOutbox(table, event, { transaction });
    await table.transact('write', transaction);
  }
}

function relayTo(publish: Bus['publish']): OutboxRelay {
  relay = startOutboxRelay({ table, bus: { publish }, logger, pollMs: 60_000, backoffMs: 1 });
  return relay;
}

async function outboxIds(): Promise<string[]> {
  const rows = await table.find('OutboxEvent', {}, { consistent: true });
  return rows.map((row) => (row as { eventId: string }).eventId);
}

test('an order and its event are written together; the relay publishes the event and empties the outbox', async () => {
  const published: CloudEvent[] = [];
  const running = relayTo(async (event) => void published.push(event));
  await running.idle();
  const event = await placeOrder('o1');
  expect(await outboxIds()).toEqual([event.id]);
  running.wake();
  await running.idle();
  expect(published).toEqual([event]);
  expect(await outboxIds()).toEqual([]);
});

test('an order that is refused leaves no event behind', async () => {
  const first = await placeOrder('o1');
  expect(conditionFailed(await placeOrder('o1').catch((error: unknown) => error))).toBe(true);
  expect(await outboxIds()).toEqual([first.id]);
});

test('events that a hub left behind are published by the next one, in their order', async () => {
  const events = ['o1', 'o2', 'o1', 'o1', 'o2'].map(orderEvent);
  await putAlone(...events);
  await documents.close();
  await open();
  const published: CloudEvent[] = [];
  await relayTo(async (event) => void published.push(event)).idle();
  for (const subject of ['o1', 'o2']) {
    expect(published.filter((event) => event.subject === subject)).toEqual(
      events.filter((event) => event.subject === subject),
    );
  }
  expect(published).toHaveLength(events.length);
});

test('more events than one page holds are all published', async () => {
  const events = Array.from({ length: 230 }, (_, n) => orderEvent(`o${n % 40}`));
  await putAlone(...events);
  const published: string[] = [];
  let atOnce = 0;
  let most = 0;
  await relayTo(async (event) => {
    most = Math.max(most, ++atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    published.push(event.id);
    atOnce--;
  }).idle();
  expect(published.toSorted()).toEqual(events.map(({ id }) => id));
  expect(most).toBe(16);
  expect(await outboxIds()).toEqual([]);
});

test('an event that cannot be published waits, later ones of its order behind it, others go on', async () => {
  const [stuck, behind, other] = [orderEvent('o1'), orderEvent('o1'), orderEvent('o2')];
  await putAlone(stuck, behind, other);
  const log: string[] = [];
  let failures = 3;
  await relayTo(async (event) => {
    if (event.id === stuck.id && failures-- > 0) throw new Error('the broker is away');
    log.push(event.id);
  }).idle();
  expect(log).toEqual([other.id, stuck.id, behind.id]);
});

test('the hub dies between publishing and deleting: the event comes twice, its effect once', async () => {
  const event = await placeOrder('o1');
  const bus = openInProcessBus({ logger, onDeadLetter: ({ error }) => Promise.reject(error) });
  let deliveries = 0;
  await bus.subscribe({
    consumer: 'order',
    types: ['OrderCreated'],
    async handle({ id, subject }) {
      deliveries++;
      await advance(subject, id);
    },
  });
  // The first hub: its store refuses the delete, as if the process had ended there.
  const dying = Object.create(table, { remove: { value: () => Promise.reject(new Error('killed')) } });
  const published = Promise.withResolvers<void>();
  const first = startOutboxRelay({
    table: dying,
    bus: { publish: (sent) => bus.publish(sent).finally(published.resolve) },
    logger,
    backoffMs: 60_000,
  });
  await published.promise;
  await first.close();
  expect(await outboxIds()).toEqual([event.id]);

  await relayTo((sent) => bus.publish(sent)).idle();
  expect(deliveries).toBe(2);
  expect(await outboxIds()).toEqual([]);
  expect(await table.get('Order', { orderId: 'o1' })).toMatchObject({ steps: 1 });
  await bus.close();
});

test('events whose deletion fails come again all together, so that none overtakes an earlier one', async () => {
  const events = ['o1', 'o2', 'o1'].map(orderEvent);
  await putAlone(...events);
  let failures = 1;
  const failing = Object.create(table, {
    transact: {
      value: (...write: Parameters<typeof table.transact>) =>
        failures-- > 0 ? Promise.reject(new Error('the store is away')) : table.transact(...write),
    },
  });
  const published: CloudEvent[] = [];
  relay = startOutboxRelay({
    table: failing,
    bus: { publish: async (sent) => void published.push(sent) },
    logger,
    backoffMs: 1,
  });
  await relay.idle();
  const ofOrder = events.filter(({ subject }) => subject === 'o1');
  expect(published.filter(({ subject }) => subject === 'o1')).toEqual([...ofOrder, ...ofOrder]);
  expect(await outboxIds()).toEqual([]);
});

/** What a consumer does: its effect and the note that it took the event, in one transaction. */
async function advance(orderId: string, eventId: string): Promise<void> {
  const transaction = {};
  await table.update('Order', { orderId }, { transaction, add: { steps: 1 }, where: '${steps} < {1}' });
  await markTaken(table, 'order', eventId, { transaction });
  try {
    await table.transact('write', transaction);
  } catch (error) {
    if (!wasTaken(error, transaction)) throw error;
  }
}

test('a refusal for another reason is not taken for a duplicate', async () => {
  await placeOrder('o1');
  await advance('o1', 'e1');
  const refused = await advance('o1', 'e2').catch((error: unknown) => error);
  expect(conditionFailed(refused, 0)).toBe(true);
  expect(wasTaken(new Error('the line is cut'), {})).toBe(false);
});

test('two consumers of one service take the same event each for itself', async () => {
  for (const consumer of ['saga', 'mail']) {
    const transaction = {};
    await markTaken(table, consumer, 'e1', { transaction });
    await table.transact('write', transaction);
  }
  expect(await table.get('InboxEntry', { consumer: 'mail', eventId: 'e1' })).toBeDefined();
});

test('an event too large for one document is refused before the transaction', async () => {
  const large = { ...orderEvent('o1'), data: 'x'.repeat(400_000) };
  await expect(putInOutbox(table, large, { transaction: {} })).rejects.toMatchObject({
    code: 'BODY_TOO_LARGE',
  });
});

test('a relay that is closed leaves the rest for the next start', async () => {
  await putAlone(orderEvent('o1'), orderEvent('o1'));
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const running = relayTo(async () => {
    begun.resolve();
    await gate.promise;
  });
  const idle = running.idle();
  await begun.promise;
  const closed = running.close();
  gate.resolve();
  await closed;
  await expect(idle).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await expect(running.idle()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  expect(await outboxIds()).toHaveLength(1);
});

test('a store that fails for a moment delays events and loses none', async () => {
  const event = await placeOrder('o1');
  let failures = 2;
  const flaky = Object.create(table, {
    find: {
      value: (...query: Parameters<typeof table.find>) =>
        failures-- > 0 ? Promise.reject(new Error('the store is away')) : table.find(...query),
    },
  });
  const published: CloudEvent[] = [];
  relay = startOutboxRelay({
    table: flaky,
    bus: { publish: async (sent) => void published.push(sent) },
    logger,
    backoffMs: 1,
  });
  await relay.idle();
  expect(published).toEqual([event]);
});
