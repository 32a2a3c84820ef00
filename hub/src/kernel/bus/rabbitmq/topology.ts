import type { Channel } from 'amqplib';

/** What the bus declares in the broker; everything is durable and carries the bus's prefix in its name. */
export interface Topology {
  /** Topic exchange to which events are published, with their type as routing key. */
  events: string;
  /** Direct exchange to which refused events go, with the consumer's name as routing key. */
  deadLetters: string;
  /** Holds messages that are no event of ours, for a person to look at. */
  unreadable: string;
  queueOf(consumer: string): string;
  deadQueueOf(consumer: string): string;
}

const MAX_QUEUED = 1_000_000;
const MAX_UNREADABLE = 10_000;

/**
 * A queue with a delivery limit puts returned messages back at its head, which keeps the order; the limit
 * itself is out of reach, because how often a message may come back depends on its subscription and is
 * decided by the consumer. Without the argument RabbitMQ 4 gives a message up after twenty deliveries.
 */
const DELIVERY_LIMIT = 1_000_000;

export function topology(prefix: string): Topology {
  return {
    events: `${prefix}.events`,
    deadLetters: `${prefix}.dead-letters`,
    unreadable: `${prefix}.unreadable`,
    queueOf: (consumer) => `${prefix}.${consumer}`,
    deadQueueOf: (consumer) => `${prefix}.${consumer}.dead`,
  };
}

export async function declareExchanges(channel: Channel, names: Topology): Promise<void> {
  await channel.assertExchange(names.events, 'topic', { durable: true });
  await channel.assertExchange(names.deadLetters, 'direct', { durable: true });
  await channel.assertQueue(names.unreadable, {
    durable: true,
    arguments: { 'x-queue-type': 'quorum', 'x-max-length': MAX_UNREADABLE },
  });
}

/** The consumer's queue, bound to its types, and the queue of its dead letters. A full queue refuses, it never drops. */
export async function declareConsumer(
  channel: Channel,
  names: Topology,
  { consumer, types }: { consumer: string; types: Iterable<string> },
): Promise<void> {
  await declareExchanges(channel, names);
  const both = {
    'x-queue-type': 'quorum',
    // One process of a service consumes at a time and the others stand by: two would break the order.
    'x-single-active-consumer': true,
    'x-delivery-limit': DELIVERY_LIMIT,
    'x-max-length': MAX_QUEUED,
    'x-overflow': 'reject-publish',
  };
  const dead = names.deadQueueOf(consumer);
  await channel.assertQueue(dead, { durable: true, arguments: both });
  await channel.bindQueue(dead, names.deadLetters, consumer);
  const queue = names.queueOf(consumer);
  await channel.assertQueue(queue, {
    durable: true,
    arguments: {
      ...both,
      'x-dead-letter-exchange': names.deadLetters,
      'x-dead-letter-routing-key': consumer,
      'x-dead-letter-strategy': 'at-least-once',
    },
  });
  for (const type of types) await channel.bindQueue(queue, names.events, type);
}
