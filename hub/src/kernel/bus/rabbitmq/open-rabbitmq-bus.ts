import type { CloudEvent } from '@butik/proto/events/cloud-event';
import type { Logger } from 'pino';
import type { Bus, Subscription } from '../bus.ts';
import type { DeadLetter } from '../dead-letters.ts';
import { brokerAway, startConfirmedPublisher } from './confirmed-publisher.ts';
import { connectToBroker } from './connect-to-broker.ts';
import type { LaneConsumer } from './consume-in-lanes.ts';
import { closeChannel } from './keep-channel.ts';
import { readDepth } from './read-depth.ts';
import { startConsumer } from './start-consumer.ts';
import { declareConsumer, topology } from './topology.ts';

export interface RabbitmqBusOptions {
  /** amqp:// or amqps:// with user and password. */
  url: string;
  logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** In place of the one in the address. */
  vhost?: string;
  /** First part of the name of every exchange and queue; `butik` unless told. */
  prefix?: string;
  /** Events that one consumer holds at a time, waiting or running; 100 unless told. */
  prefetch?: number;
  /** How often a consumer is offered an event before it goes to the dead letters; 5 unless told. */
  maxAttempts?: number;
  /** Pause after the first failed attempt, doubled after each further one up to 10 s; 100 unless told. */
  backoffMs?: number;
  /** Pause before the first reconnection, doubled with each further one up to 10 s; 200 unless told. */
  reconnectMs?: number;
  /** How long the broker may take to confirm an event; 10 s unless told. */
  confirmMs?: number;
  /** Keeps an event that a consumer did not take. While it throws, the broker's dead-letter queue has the event. */
  onDeadLetter(letter: DeadLetter): Promise<void>;
  /** Nothing is published or delivered before it resolves: for consumers that subscribe after relays have started. */
  ready?: Promise<unknown>;
  /**
   * Consumers that other processes run. Their queues are declared from here too, so that what is published before
   * those processes have ever started waits for them.
   */
  others?: readonly { consumer: string; types: readonly string[] }[];
}

interface Consumer {
  subscriptions: Subscription[];
  /** Whether its queue has ever been seen with all its bindings: before that an event would pass it by. */
  declared: boolean;
  queues: LaneConsumer[];
}

/**
 * The bus over RabbitMQ, for a hub in several processes. `publish` resolves with the broker's confirm, so an event
 * waits for no consumer. While the broker is away it rejects with SERVICE_UNAVAILABLE and the outbox keeps the
 * event. Opens, and consumers subscribe, even then; everything is made up for once the broker is back.
 */
export async function openRabbitmqBus(options: RabbitmqBusOptions): Promise<Bus> {
  const { logger, maxAttempts = 5, backoffMs = 100, reconnectMs = 200, prefetch = 100 } = options;
  const ready = options.ready ?? Promise.resolve();
  const names = topology(options.prefix ?? 'butik');
  const consumers = new Map<string, Consumer>();
  const others = new Set(options.others);
  const unwanted = new Set<string>();
  const connection = await connectToBroker({ url: options.url, vhost: options.vhost, reconnectMs, logger });
  const publisher = await startConfirmedPublisher({
    connection,
    names,
    confirmMs: options.confirmMs ?? 10_000,
    reconnectMs,
    logger,
  });
  let closing: Promise<void> | undefined;

  async function publish(event: CloudEvent): Promise<void> {
    if (closing) throw brokerAway('The bus is closed.');
    await ready;
    await declareOthers();
    const missing = [...consumers].filter(([, { declared }]) => !declared).map(([consumer]) => consumer);
    if (missing.length > 0) throw brokerAway(`The queue of ${missing.join(', ')} is not there yet.`);
    const { routed } = await publisher.send(
      { exchange: names.events, key: event.type },
      Buffer.from(JSON.stringify(event)),
      { contentType: 'application/cloudevents+json', messageId: event.id, type: event.type },
    );
    if (routed || unwanted.has(event.type)) return;
    unwanted.add(event.type);
    logger.info({ type: event.type }, 'bus: no consumer takes events of this type');
  }

  async function subscribe(subscription: Subscription): Promise<void> {
    if (closing) throw brokerAway('The bus is closed.');
    const known = consumers.get(subscription.consumer);
    const twice = known?.subscriptions.some(({ types }) =>
      types.some((type) => subscription.types.includes(type)),
    );
    if (twice) throw new Error(`${subscription.consumer} subscribes twice to one type of event`);
    const consumer = known ?? { subscriptions: [], declared: false, queues: [] };
    consumer.subscriptions.push(subscription);
    consumer.declared = false;
    consumers.set(subscription.consumer, consumer);
    await declareNow(subscription.consumer, consumer);
    if (!known) consumer.queues.push(...consume(subscription.consumer, consumer));
  }

  /** While the broker is away the consumer's own channel declares, later. A broker that refuses stops the start. */
  async function declareNow(name: string, consumer: Consumer): Promise<void> {
    if (!connection.available) return;
    const types = consumer.subscriptions.flatMap((subscription) => subscription.types);
    try {
      await declare({ consumer: name, types });
      consumer.declared = true;
    } catch (error) {
      if (connection.available) throw error;
    }
  }

  /** Once each; it may happen twice side by side, which does no harm. */
  async function declareOthers(): Promise<void> {
    for (const other of others) {
      if (!connection.available) throw brokerAway('The broker is away.');
      await declare(other);
      others.delete(other);
    }
  }

  async function declare(consumer: { consumer: string; types: readonly string[] }): Promise<void> {
    const channel = await connection.createChannel();
    channel.on('error', (err) => logger.warn({ err, consumer: consumer.consumer }, 'bus: cannot declare'));
    await declareConsumer(channel, names, consumer);
    await closeChannel(channel);
  }

  function consume(name: string, consumer: Consumer): LaneConsumer[] {
    return startConsumer({
      connection,
      publisher,
      names,
      consumer: name,
      subscriptions: consumer.subscriptions,
      onDeadLetter: options.onDeadLetter,
      onDeclared() {
        consumer.declared = true;
      },
      ready,
      prefetch,
      maxAttempts,
      backoffMs,
      reconnectMs,
      logger,
    });
  }

  async function close(): Promise<void> {
    const queues = [...consumers.values()].flatMap((consumer) => consumer.queues);
    await Promise.all(queues.map((queue) => queue.close()));
    await publisher.close();
    await connection.close();
    await Promise.all([publisher.stopped, ...queues.map((queue) => queue.stopped)]);
  }

  return {
    publish,
    subscribe,
    depth() {
      const declared = [...consumers].filter(([, consumer]) => consumer.declared).map(([name]) => name);
      const elsewhere = (options.others ?? [])
        .filter((other) => !others.has(other))
        .map(({ consumer }) => consumer);
      return readDepth(connection, names, [...declared, ...elsewhere]);
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}
