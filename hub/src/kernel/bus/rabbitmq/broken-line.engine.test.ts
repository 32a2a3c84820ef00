import type { CloudEvent } from '@butik/proto/events/cloud-event';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type CuttableLink, openCuttableLink } from '../../../testing/cuttable-link.ts';
import { orderEvent } from '../bus.contract.ts';
import type { Bus } from '../bus.ts';
import type { DeadLetter } from '../dead-letters.ts';
import { brokerUrl, type OwnNames, openTestBus, ownNames } from './broker-under-test.ts';
import type { RabbitmqBusOptions } from './open-rabbitmq-bus.ts';

const away = { code: 'SERVICE_UNAVAILABLE', details: { part: 'bus' } };
const noDeadLetter = async ({ error }: DeadLetter) => {
  throw error;
};

describe.skipIf(!brokerUrl)('when the line to RabbitMQ breaks', () => {
  let names: OwnNames;
  let link: CuttableLink;
  let opened: Bus[];
  beforeEach(async () => {
    names = ownNames();
    opened = [];
    const { hostname, port } = new URL(brokerUrl!);
    link = await openCuttableLink({ host: hostname, port: Number(port || 5672) });
  });
  afterEach(async () => {
    await Promise.all(opened.map((bus) => bus.close()));
    await link.close();
    await names.remove(['feed']);
  });

  async function overLink(options: Partial<RabbitmqBusOptions> = {}): Promise<Bus> {
    const url = new URL(brokerUrl!);
    url.hostname = link.host;
    url.port = String(link.port);
    return await open({ url: url.href, ...options });
  }

  async function open(options: Partial<RabbitmqBusOptions> = {}): Promise<Bus> {
    const bus = await openTestBus(names.prefix, { onDeadLetter: noDeadLetter, ...options });
    opened.push(bus);
    return bus;
  }

  /** What an outbox relay does: an event whose `publish` failed is published again. */
  const publishAsRelaysDo = (bus: Bus, event: CloudEvent) =>
    vi.waitFor(() => bus.publish(event), { timeout: 10_000, interval: 20 });

  async function collect(bus: Bus, react: (event: CloudEvent) => Promise<void> = async () => undefined) {
    const taken: string[] = [];
    await bus.subscribe({
      consumer: 'feed',
      types: ['OrderCreated'],
      async handle(event) {
        taken.push(event.id);
        await react(event);
      },
    });
    return taken;
  }
  const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 20 });

  test('a hub starts while the broker is down, refuses events, and works once it is up', async () => {
    link.cut();
    const bus = await overLink();
    const taken = await collect(bus);
    const event = orderEvent('a');
    await expect(bus.publish(event)).rejects.toMatchObject(away);
    link.heal();
    await publishAsRelaysDo(bus, event);
    await eventually(() => expect(taken).toEqual([event.id]));
  });

  test('while the line is cut nothing is published; afterwards events come through again', async () => {
    const bus = await overLink();
    const taken = await collect(bus);
    const [before, after] = [orderEvent('a'), orderEvent('a')];
    await bus.publish(before);
    await eventually(() => expect(taken).toEqual([before.id]));
    link.cut();
    await expect(bus.publish(after)).rejects.toMatchObject(away);
    link.heal();
    await publishAsRelaysDo(bus, after);
    await eventually(() => expect(taken.at(-1)).toBe(after.id));
  });

  test('a line that is cut again and again loses no event', async () => {
    const bus = await overLink();
    const taken = await collect(bus);
    const events = Array.from({ length: 30 }, () => orderEvent('a'));
    for (const [n, event] of events.entries()) {
      const publishing = publishAsRelaysDo(bus, event);
      if (n % 10 === 5) {
        link.cut();
        link.heal();
      }
      await publishing;
    }
    await eventually(() => expect(new Set(taken).size).toBe(30));
    // Each one may come more than once, but first in its turn.
    expect([...new Set(taken)]).toEqual(events.map(({ id }) => id));
  });

  test('an event whose acknowledgement was lost is delivered again, before the next one of its order', async () => {
    const bus = await overLink();
    const [first, next] = [orderEvent('a'), orderEvent('a')];
    const gate = Promise.withResolvers<void>();
    const log: string[] = [];
    let cuts = 0;
    await collect(bus, async ({ id, subject }) => {
      if (subject !== 'a') return;
      const name = id === first.id ? 'first' : 'next';
      log.push(`${name} begins`);
      await gate.promise;
      if (cuts++ === 0) {
        link.cut();
        link.heal();
        await publishAsRelaysDo(bus, orderEvent('b'));
      }
      log.push(`${name} ends`);
    });
    await bus.publish(first);
    await bus.publish(next);
    gate.resolve();
    await eventually(() => expect(log.at(-1)).toBe('next ends'));
    const once = ['first begins', 'first ends'];
    expect(log).toEqual([...once, ...once, 'next begins', 'next ends']);
  });

  test('what a process had not acknowledged when it died goes to another process of the service', async () => {
    const dying = await overLink();
    const started = Promise.withResolvers<void>();
    const hangs = Promise.withResolvers<void>();
    await collect(dying, () => {
      started.resolve();
      return hangs.promise;
    });
    const standby = await collect(await open());
    const [first, next] = [orderEvent('a'), orderEvent('a')];
    await dying.publish(first);
    await dying.publish(next);
    await started.promise;
    expect(standby).toEqual([]);
    link.cut();
    await eventually(() => expect(standby).toEqual([first.id, next.id]));
    hangs.resolve();
  });

  test('a broker that does not confirm makes `publish` fail; published again, the event may come twice', async () => {
    const bus = await overLink({ confirmMs: 50 });
    const taken = await collect(bus);
    const event = orderEvent('a');
    link.stall();
    await expect(bus.publish(event)).rejects.toMatchObject({
      ...away,
      message: 'RabbitMQ did not confirm in time.',
    });
    link.heal();
    await publishAsRelaysDo(bus, event);
    await eventually(() => expect(taken).toEqual([event.id, event.id]));
  });

  test('a bus closes while the line is cut', async () => {
    const bus = await overLink();
    await collect(bus);
    link.cut();
    await bus.close();
    await expect(bus.publish(orderEvent('a'))).rejects.toMatchObject(away);
  });
});
