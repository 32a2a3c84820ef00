import type { CloudEvent } from '@butik/proto/events/cloud-event';
import { connect } from 'amqplib';
import { pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import type { OpenedBus } from '../bus.contract.ts';
import type { Bus, EventHandler } from '../bus.ts';
import type { DeadLetter } from '../dead-letters.ts';
import { openRabbitmqBus, type RabbitmqBusOptions } from './open-rabbitmq-bus.ts';
import { topology } from './topology.ts';

/** Where the tests find RabbitMQ; they are skipped without it. */
export const brokerUrl = process.env.BUTIK_TEST_RABBITMQ;

/** Names of one test's exchanges and queues, and what removes them. */
export interface OwnNames {
  prefix: string;
  queueOf(consumer: string): string;
  remove(consumers: Iterable<string>): Promise<void>;
}

export function ownNames(): OwnNames {
  const prefix = `butik-test-${uuidv7()}`;
  const names = topology(prefix);
  return {
    prefix,
    queueOf: names.queueOf,
    async remove(consumers) {
      const connection = await connect(brokerUrl!);
      const channel = await connection.createChannel();
      for (const consumer of consumers) {
        await channel.deleteQueue(names.queueOf(consumer));
        await channel.deleteQueue(names.deadQueueOf(consumer));
      }
      await channel.deleteQueue(names.unreadable);
      await channel.deleteExchange(names.events);
      await channel.deleteExchange(names.deadLetters);
      await connection.close();
    },
  };
}

export function openTestBus(
  prefix: string,
  options: Partial<RabbitmqBusOptions> & Pick<RabbitmqBusOptions, 'onDeadLetter'>,
): Promise<Bus> {
  return openRabbitmqBus({
    url: brokerUrl!,
    prefix,
    logger: pino({ level: process.env.BUTIK_LOG_LEVEL ?? 'silent' }),
    maxAttempts: 3,
    backoffMs: 0,
    reconnectMs: 10,
    ...options,
  });
}

/** A bus that knows what is on its way: `idle` resolves when every consumer has taken or refused what was published. */
export async function openTracked(
  open: (onDeadLetter: (letter: DeadLetter) => Promise<void>) => Promise<Bus>,
  onDeadLetter: (letter: DeadLetter) => Promise<void>,
): Promise<OpenedBus & { consumers: Set<string> }> {
  const due = new Set<string>();
  const takers: { consumer: string; types: readonly string[] }[] = [];
  const consumers = new Set<string>();
  let waiting: (() => void)[] = [];

  function settle(consumer: string, event: CloudEvent): void {
    due.delete(`${consumer} ${event.id}`);
    if (due.size > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  }

  const bus = await open(async (letter) => {
    await onDeadLetter(letter);
    settle(letter.consumer, letter.event);
  });
  return {
    consumers,
    bus: {
      async publish(event) {
        for (const { consumer, types } of takers) {
          if (types.includes(event.type)) due.add(`${consumer} ${event.id}`);
        }
        await bus.publish(event);
      },
      async subscribe(subscription) {
        const { consumer, types } = subscription;
        takers.push({ consumer, types });
        consumers.add(consumer);
        const handle: EventHandler = async (event) => {
          const { id } = event;
          await subscription.handle(event);
          settle(consumer, { ...event, id });
        };
        await bus.subscribe({ ...subscription, handle });
      },
      close: () => bus.close(),
    },
    async idle() {
      if (due.size > 0) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}
