import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { busContract, orderEvent } from '../bus.contract.ts';
import type { DeadLetter } from '../dead-letters.ts';
import { type InProcessBusOptions, openInProcessBus } from './open-in-process-bus.ts';

const logger = pino({ level: 'silent' });
const noDeadLetter = async ({ error }: DeadLetter) => {
  throw error;
};
const openBus = (options: Partial<InProcessBusOptions> = {}) =>
  openInProcessBus({ logger, onDeadLetter: noDeadLetter, sleep: async () => undefined, ...options });

describe('the bus in one process', () => {
  busContract(async (onDeadLetter) => ({
    bus: openBus({ maxAttempts: 3, onDeadLetter }),
    idle: async () => undefined,
  }));

  test('`publish` resolves only when the slowest consumer has taken the event', async () => {
    const bus = openBus();
    const gate = Promise.withResolvers<void>();
    await bus.subscribe({ consumer: 'slow', types: ['OrderCreated'], handle: () => gate.promise });
    let published = false;
    const publishing = bus.publish(orderEvent('a')).then(() => {
      published = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(published).toBe(false);
    gate.resolve();
    await publishing;
    await bus.close();
  });

  test('the pause before the next attempt doubles up to ten seconds', async () => {
    const pauses: number[] = [];
    const bus = openBus({
      maxAttempts: 10,
      backoffMs: 100,
      onDeadLetter: async () => undefined,
      sleep: async (ms) => pauses.push(ms),
    });
    await bus.subscribe({
      consumer: 'broken',
      types: ['OrderCreated'],
      handle: () => Promise.reject(new Error()),
    });
    await bus.publish(orderEvent('a'));
    expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
    await bus.close();
  });

  test('when the dead letter cannot be kept, `publish` fails and the publisher keeps the event', async () => {
    const bus = openBus({ maxAttempts: 1, onDeadLetter: () => Promise.reject(new Error('disk full')) });
    let broken = true;
    await bus.subscribe({
      consumer: 'feed',
      types: ['OrderCreated'],
      async handle() {
        if (broken) throw new Error('broken');
      },
    });
    const event = orderEvent('a');
    await expect(bus.publish(event)).rejects.toThrow('disk full');
    broken = false;
    await bus.publish(event);
    await bus.close();
  });

  test('closing ends a pause at once and waits for the handler that runs', async () => {
    const paused = Promise.withResolvers<void>();
    const bus = openBus({
      sleep: (_, signal) =>
        new Promise((__, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          paused.resolve();
        }),
    });
    const gate = Promise.withResolvers<void>();
    const log: string[] = [];
    await bus.subscribe({
      consumer: 'feed',
      types: ['OrderCreated'],
      async handle({ subject }) {
        if (subject === 'a') throw new Error('not now');
        await gate.promise;
        log.push('taken');
      },
    });
    const retried = expect(bus.publish(orderEvent('a'))).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    const running = bus.publish(orderEvent('b'));
    await paused.promise;
    const closed = bus.close().then(() => log.push('closed'));
    await retried;
    gate.resolve();
    await Promise.all([running, closed]);
    expect(log).toEqual(['taken', 'closed']);
  });

  test('a consumer that subscribes before the bus is ready misses nothing', async () => {
    const ready = Promise.withResolvers<void>();
    const bus = openBus({ ready: ready.promise });
    const publishing = bus.publish(orderEvent('a'));
    const taken: string[] = [];
    await bus.subscribe({
      consumer: 'late',
      types: ['OrderCreated'],
      handle: async (event) => void taken.push(event.subject),
    });
    ready.resolve();
    await publishing;
    expect(taken).toEqual(['a']);
    await bus.close();
  });

  test('one consumer cannot listen twice to one type', async () => {
    const bus = openBus();
    const subscription = { consumer: 'feed', types: ['OrderCreated'], handle: async () => undefined };
    await bus.subscribe(subscription);
    await expect(bus.subscribe(subscription)).rejects.toThrow('feed subscribes twice');
    await bus.close();
  });
});
