import { type CloudEvent, cloudEventSchema } from '@butik/proto/events/cloud-event';
import type { ConsumeMessage } from 'amqplib';
import type { Logger } from 'pino';
import type { Subscription } from '../bus.ts';
import type { DeadLetter } from '../dead-letters.ts';
import type { ConfirmedPublisher } from './confirmed-publisher.ts';
import type { BrokerConnection } from './connect-to-broker.ts';
import { consumeInLanes, type LaneConsumer } from './consume-in-lanes.ts';
import { type OfferOptions, offerEvent, untilDone } from './offer-event.ts';
import { declareConsumer, type Topology } from './topology.ts';

export interface ConsumerOptions extends OfferOptions {
  connection: BrokerConnection;
  publisher: ConfirmedPublisher;
  names: Topology;
  consumer: string;
  /** Live: a consumer may subscribe to further types later. */
  subscriptions: readonly Subscription[];
  onDeadLetter(letter: DeadLetter): Promise<void>;
  /** Called each time the queues and bindings are there. */
  onDeclared(): void;
  ready: Promise<unknown>;
  prefetch: number;
  reconnectMs: number;
  logger: Pick<Logger, 'warn' | 'error'>;
}

const ERROR_HEADER = 'x-butik-error';
const MAX_ERROR_CHARACTERS = 4_000;
/** Deliveries that ended with neither an acknowledgement nor a refusal: the process died, or its line did. */
const MAX_LOST_DELIVERIES = 20;
const DEAD_LETTER_PREFETCH = 10;

/** Consumes a consumer's queue, and the queue of its dead letters, which go to `onDeadLetter` one by one. */
export function startConsumer(options: ConsumerOptions): LaneConsumer[] {
  const { consumer, names, publisher, logger } = options;
  const shared = {
    connection: options.connection,
    async declare(channel: Parameters<typeof declareConsumer>[0]) {
      const types = options.subscriptions.flatMap((subscription) => subscription.types);
      await declareConsumer(channel, names, { consumer, types });
      options.onDeclared();
    },
    laneOf: (message: ConsumeMessage) => readEvent(message)?.subject ?? '',
    ready: options.ready,
    reconnectMs: options.reconnectMs,
    logger,
  };
  return [
    consumeInLanes({
      ...shared,
      queue: names.queueOf(consumer),
      prefetch: options.prefetch,
      take: takeEvent,
    }),
    consumeInLanes({
      ...shared,
      queue: names.deadQueueOf(consumer),
      prefetch: DEAD_LETTER_PREFETCH,
      take: takeDeadLetter,
    }),
  ];

  async function takeEvent(message: ConsumeMessage, signal: AbortSignal): Promise<void> {
    const event = readEvent(message);
    if (!event) return await setAside(message, signal);
    const subscription = options.subscriptions.find(({ types }) => types.includes(event.type));
    if (!subscription) {
      return await die(message, `${consumer} does not take ${event.type} any more`, signal);
    }
    const lost = Number(message.properties.headers?.['x-delivery-count'] ?? 0);
    if (lost >= MAX_LOST_DELIVERIES && subscription.giveUp !== false) {
      return await die(
        message,
        `delivered ${lost} times, and each time the consumer or its line broke`,
        signal,
      );
    }
    const offered = await offerEvent(subscription, event, options, signal);
    if (!offered.taken) await die(message, offered.error, signal);
  }

  /** The broker holds the dead letter before the event is acknowledged. */
  async function die(message: ConsumeMessage, error: unknown, signal: AbortSignal): Promise<void> {
    const { contentType, messageId, type } = message.properties;
    const headers = { [ERROR_HEADER]: errorText(error) };
    await untilDone(
      async () => {
        const to = { exchange: names.deadLetters, key: consumer };
        const sent = await publisher.send(to, message.content, { contentType, messageId, type, headers });
        if (!sent.routed) throw new Error(`${consumer} has no queue for dead letters`);
      },
      options,
      signal,
    );
  }

  async function takeDeadLetter(message: ConsumeMessage, signal: AbortSignal): Promise<void> {
    const event = readEvent(message);
    if (!event) return await setAside(message, signal);
    const error = message.properties.headers?.[ERROR_HEADER] ?? 'RabbitMQ gave the event up';
    await untilDone(() => options.onDeadLetter({ consumer, event, error }), options, signal);
  }

  /** Somebody else has published it: kept for a person to look at, in nobody's way. */
  async function setAside(message: ConsumeMessage, signal: AbortSignal): Promise<void> {
    logger.error(
      { consumer, bytes: message.content.length },
      'bus: a message that is no event was set aside',
    );
    const headers = { 'x-butik-consumer': consumer };
    await untilDone(
      () => publisher.send({ exchange: '', key: names.unreadable }, message.content, { headers }),
      options,
      signal,
    );
  }
}

function readEvent(message: ConsumeMessage): CloudEvent | undefined {
  let json: unknown;
  try {
    json = JSON.parse(message.content.toString('utf8'));
  } catch {
    return undefined; // `undefined` is the answer: the caller sets the message aside.
  }
  const parsed = cloudEventSchema.safeParse(json);
  return parsed.success ? parsed.data : undefined;
}

function errorText(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text.slice(0, MAX_ERROR_CHARACTERS);
}
