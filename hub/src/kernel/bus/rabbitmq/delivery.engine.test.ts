import { type ChannelModel, connect } from 'amqplib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { orderEvent } from '../bus.contract.ts';
import type { Bus } from '../bus.ts';
import type { DeadLetter } from '../dead-letters.ts';
import { brokerUrl, type OwnNames, openTestBus, ownNames } from './broker-under-test.ts';
import type { RabbitmqBusOptions } from './open-rabbitmq-bus.ts';

describe.skipIf(!brokerUrl)('the bus over RabbitMQ, as consumers meet it', () => {
  let names: OwnNames;
  let opened: Bus[];
  let dead: DeadLetter[];
  let outsider: ChannelModel;
  beforeEach(async () => {
    names = ownNames();
    [opened, dead] = [[], []];
    outsider = await connect(brokerUrl!);
  });
  afterEach(async () => {
    await Promise.all(opened.map((bus) => bus.close()));
    await outsider.close();
    await names.remove(['feed', 'slow', 'fast']);
  });

  async function open(options: Partial<RabbitmqBusOptions> = {}): Promise<Bus> {
    const onDeadLetter = async (letter: DeadLetter) => void dead.push(letter);
    const bus = await openTestBus(names.prefix, { onDeadLetter, ...options });
    opened.push(bus);
    return bus;
  }
  const types = ['OrderCreated'];
  const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 20 });

  async function listen(bus: Bus, giveUp = true): Promise<string[]> {
    const taken: string[] = [];
    const handle = async ({ id }: { id: string }) => void taken.push(id);
    await bus.subscribe({ consumer: 'feed', types, handle, giveUp });
    return taken;
  }

  /** The queue of `feed` is there and nobody consumes it. */
  async function feedWasThere(): Promise<void> {
    const earlier = await open();
    await listen(earlier);
    await earlier.close();
  }

  test('a consumer that is slow, with its hands full, holds up no other consumer', async () => {
    const bus = await open({ prefetch: 1 });
    const gate = Promise.withResolvers<void>();
    await bus.subscribe({ consumer: 'slow', types, handle: () => gate.promise });
    const fast: string[] = [];
    await bus.subscribe({ consumer: 'fast', types, handle: async ({ id }) => void fast.push(id) });
    const events = Array.from({ length: 20 }, (_, n) => orderEvent(`order-${n}`));
    for (const event of events) await bus.publish(event);
    await eventually(() => expect(fast).toEqual(events.map(({ id }) => id)));
    gate.resolve();
  });

  test('of two processes of one service, one takes the events and the other stands by', async () => {
    const active = await listen(await open());
    const bus = await open();
    const standby = await listen(bus);
    const events = Array.from({ length: 10 }, (_, n) => orderEvent(`order-${n}`));
    for (const event of events) await bus.publish(event);
    await eventually(() => expect(active.length + standby.length).toBe(10));
    expect(standby).toEqual([]);
  });

  test('events are kept while nobody consumes, and come in order when somebody does', async () => {
    await feedWasThere();
    const bus = await open();
    const events = Array.from({ length: 5 }, () => orderEvent('a'));
    for (const event of events) await bus.publish(event);
    const taken = await listen(bus);
    await eventually(() => expect(taken).toEqual(events.map(({ id }) => id)));
  });

  test('what is published before a service of another process has ever started waits for it', async () => {
    const publisher = await open({ others: [{ consumer: 'feed', types }] });
    const [first, second] = [orderEvent('a'), orderEvent('a')];
    await Promise.all([publisher.publish(first), publisher.publish(second)]);
    const taken = await listen(await open());
    await eventually(() => expect(taken.toSorted()).toEqual([first.id, second.id].toSorted()));
  });

  test('nothing is published or delivered before the hub is ready', async () => {
    await feedWasThere();
    const waiting = orderEvent('a');
    await (await open()).publish(waiting);
    const ready = Promise.withResolvers<void>();
    const bus = await open({ ready: ready.promise });
    const taken = await listen(bus);
    const published = orderEvent('a');
    const publishing = bus.publish(published);
    const other = await openTestBus(names.prefix, { onDeadLetter: async () => undefined });
    await other.close();
    expect(taken).toEqual([]);
    ready.resolve();
    await publishing;
    await eventually(() => expect(taken).toEqual([waiting.id, published.id]));
  });

  test('a hub whose start failed publishes and delivers nothing, and closes', async () => {
    await feedWasThere();
    const waiting = orderEvent('a');
    await (await open()).publish(waiting);
    const ready = Promise.withResolvers<void>();
    const bus = await open({ ready: ready.promise });
    const taken = await listen(bus);
    ready.reject(new Error('the start failed'));
    await expect(bus.publish(orderEvent('a'))).rejects.toThrow('the start failed');
    await bus.close();
    expect(taken).toEqual([]);
  });

  test('closing waits for the event that is being taken, and leaves the rest to the next start', async () => {
    const bus = await open();
    const [gate, started] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const log: string[] = [];
    const handle = async ({ id }: { id: string }) => {
      started.resolve();
      await gate.promise;
      log.push(id);
    };
    await bus.subscribe({ consumer: 'feed', types, handle });
    const events = [orderEvent('a'), orderEvent('a'), orderEvent('a')];
    for (const event of events) await bus.publish(event);
    await started.promise;
    const closed = bus.close().then(() => log.push('closed'));
    gate.resolve();
    await closed;
    expect(log).toEqual([events[0]!.id, 'closed']);
    const taken = await listen(await open());
    await eventually(() => expect(taken).toEqual([events[1]!.id, events[2]!.id]));
  });

  test('a dead letter that cannot be kept at once is kept later, and holds up nothing', async () => {
    let full = 3;
    const letters: DeadLetter[] = [];
    const bus = await open({
      async onDeadLetter(letter) {
        if (full-- > 0) throw new Error('disk full');
        letters.push(letter);
      },
    });
    const [poison, good] = [orderEvent('a'), orderEvent('a')];
    const taken: string[] = [];
    await bus.subscribe({
      consumer: 'feed',
      types,
      async handle({ id }) {
        if (id === poison.id) throw new Error('cannot read it');
        taken.push(id);
      },
    });
    await bus.publish(poison);
    await bus.publish(good);
    await eventually(() => expect(taken).toEqual([good.id]));
    await eventually(() => expect(letters).toMatchObject([{ consumer: 'feed', event: poison }]));
  });

  describe('an event of which consumers have died twenty times', () => {
    const deadly = orderEvent('a');
    beforeEach(async () => {
      await feedWasThere();
      await (await open()).publish(deadly);
      await dieOfIt(20);
    });

    test('goes to the dead letters', async () => {
      const taken = await listen(await open());
      await eventually(() => expect(dead).toMatchObject([{ consumer: 'feed', event: deadly }]));
      expect(String(dead[0]?.error)).toContain('delivered 20 times');
      expect(taken).toEqual([]);
    });

    test('is offered still to a consumer that never gives up', async () => {
      const taken = await listen(await open(), false);
      await eventually(() => expect(taken).toEqual([deadly.id]));
      expect(dead).toEqual([]);
    });
  });

  test('a message that is no event is set aside, and the next event is taken', async () => {
    const bus = await open();
    const taken = await listen(bus);
    const channel = await outsider.createConfirmChannel();
    channel.sendToQueue(names.queueOf('feed'), Buffer.from('{"hello":'));
    await channel.waitForConfirms();
    const event = orderEvent('a');
    await bus.publish(event);
    await eventually(() => expect(taken).toEqual([event.id]));
    await vi.waitFor(async () => {
      const aside = await channel.get(names.queueOf('unreadable'), { noAck: true });
      if (!aside) throw new Error('nothing is set aside yet');
      expect(aside.content.toString()).toBe('{"hello":');
    });
  });

  test('an event of a type that the consumer no longer takes is not lost', async () => {
    await feedWasThere();
    const bus = await open();
    const event = orderEvent('a');
    await bus.publish(event);
    await bus.subscribe({ consumer: 'feed', types: ['OrderCancelled'], handle: async () => undefined });
    await eventually(() => expect(dead).toMatchObject([{ consumer: 'feed', event }]));
    expect(String(dead[0]?.error)).toContain('feed does not take OrderCreated any more');
  });

  test('a queue that somebody has declared otherwise stops the start', async () => {
    const channel = await outsider.createChannel();
    await channel.assertQueue(names.queueOf('feed'), { durable: true });
    await expect(listen(await open())).rejects.toThrow('PRECONDITION_FAILED');
  });

  test('one consumer cannot listen twice to one type', async () => {
    const bus = await open();
    await listen(bus);
    await expect(listen(bus)).rejects.toThrow('feed subscribes twice');
  });

  /** Takes the head of the queue and gives it back without an answer, as a process that dies does. */
  async function dieOfIt(times: number): Promise<void> {
    const channel = await outsider.createChannel();
    await channel.prefetch(1);
    const done = Promise.withResolvers<void>();
    let deaths = 0;
    await channel.consume(names.queueOf('feed'), (message) => {
      if (++deaths < times) channel.nack(message!);
      else done.resolve();
    });
    await done.promise;
    // The last death: the message goes back with the channel.
    await channel.close();
  }
});
