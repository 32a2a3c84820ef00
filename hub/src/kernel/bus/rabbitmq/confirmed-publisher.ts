import { setTimeout as wait } from 'node:timers/promises';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { ConfirmChannel, Options } from 'amqplib';
import type { Logger } from 'pino';
import type { BrokerConnection } from './connect-to-broker.ts';
import { closeChannel, keepChannel } from './keep-channel.ts';
import { declareExchanges, type Topology } from './topology.ts';

export interface ConfirmedPublisher {
  /**
   * Resolves once every queue that the message was routed to holds it durably; `routed` is false when there was none.
   * Rejects with SERVICE_UNAVAILABLE when that is not known; the broker may still have the message then.
   */
  send(to: Destination, content: Buffer, options: Options.Publish): Promise<{ routed: boolean }>;
  /** Waits for the confirms that are due, and opens no further channel. */
  close(): Promise<void>;
  /** Resolves when it has stopped; only after the connection is closed too. */
  stopped: Promise<void>;
}

export interface Destination {
  /** '' sends straight to the queue that the key names. */
  exchange: string;
  key: string;
}

export interface ConfirmedPublisherOptions {
  connection: BrokerConnection;
  names: Topology;
  /** How long a confirm may take. */
  confirmMs: number;
  reconnectMs: number;
  logger: Pick<Logger, 'warn'>;
}

/** Messages without their confirm. Publishers are relays with bounds of their own; this one stops a runaway. */
const MAX_UNCONFIRMED = 1_000;

/** Resolves when it can send, or at once while the broker is away. */
export async function startConfirmedPublisher(
  options: ConfirmedPublisherOptions,
): Promise<ConfirmedPublisher> {
  const { connection } = options;
  const closing = new AbortController();
  const unconfirmed = new Set<Promise<unknown>>();
  /** Correlation ids of messages that no queue wanted; a return comes before its confirm. */
  const returned = new Set<string>();
  let current: ConfirmChannel | undefined;
  let sent = 0;
  const opened = Promise.withResolvers<void>();

  const stopped = keepChannel({
    open: () => connection.createConfirmChannel(),
    async use(channel, lost) {
      await declareExchanges(channel, options.names);
      channel.on('return', ({ properties }) => returned.add(String(properties.correlationId)));
      lost.addEventListener('abort', () => {
        current = undefined;
      });
      current = channel;
      opened.resolve();
    },
    closing: closing.signal,
    pauseMs: options.reconnectMs,
    purpose: 'publish',
    logger: options.logger,
  });
  if (connection.available) {
    await Promise.race([opened.promise, wait(options.confirmMs, undefined, { ref: false })]);
  }

  async function send(
    to: Destination,
    content: Buffer,
    publish: Options.Publish,
  ): Promise<{ routed: boolean }> {
    const channel = current;
    if (!channel || !connection.available) throw brokerAway('RabbitMQ is not there at the moment.');
    if (unconfirmed.size >= MAX_UNCONFIRMED) throw brokerAway('Too many events wait for RabbitMQ.');
    const correlationId = String(++sent);
    const confirmed = Promise.withResolvers<void>();
    const settled = confirmed.promise
      .catch(() => undefined) // The caller hears of it; `close` only waits for the end.
      .finally(() => unconfirmed.delete(settled));
    unconfirmed.add(settled);
    const deadline = setTimeout(
      () => confirmed.reject(brokerAway('RabbitMQ did not confirm in time.')),
      options.confirmMs,
    );
    try {
      channel.publish(
        to.exchange,
        to.key,
        content,
        { ...publish, persistent: true, mandatory: true, correlationId },
        (error) => (error ? confirmed.reject(error) : confirmed.resolve()),
      );
      await confirmed.promise;
      return { routed: !returned.has(correlationId) };
    } catch (error) {
      confirmed.resolve(); // Thrown by `publish` itself: nothing is due any more.
      if (error instanceof ButikError) throw error;
      throw brokerAway('RabbitMQ did not take the event.', error);
    } finally {
      clearTimeout(deadline);
      returned.delete(correlationId);
    }
  }

  return {
    send,
    async close() {
      closing.abort();
      await Promise.all(unconfirmed);
      if (current) await closeChannel(current);
    },
    stopped,
  };
}

export function brokerAway(message: string, cause?: unknown): ButikError {
  return new ButikError('SERVICE_UNAVAILABLE', { message, details: { part: 'bus' }, cause });
}
