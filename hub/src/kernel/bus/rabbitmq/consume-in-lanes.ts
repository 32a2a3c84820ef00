import type { Channel, ConsumeMessage } from 'amqplib';
import type { Logger } from 'pino';
import type { BrokerConnection } from './connect-to-broker.ts';
import { closeChannel, keepChannel } from './keep-channel.ts';

export interface LaneConsumer {
  /** Takes nothing new and waits for what is being taken; the rest goes back to the queue. */
  close(): Promise<void>;
  /** Resolves when it has stopped; only after the connection is closed too. */
  stopped: Promise<void>;
}

export interface LaneConsumerOptions {
  connection: BrokerConnection;
  queue: string;
  /** Runs on each new channel before anything is consumed. */
  declare(channel: Channel): Promise<void>;
  /** Nothing is consumed before it resolves. */
  ready: Promise<unknown>;
  /** Messages that this process holds at a time, waiting or running. */
  prefetch: number;
  /** Messages of one lane are taken one after the other, those of different lanes side by side. */
  laneOf(message: ConsumeMessage): string;
  /** Resolves when the message is done with. When it throws, the message goes back to the queue. */
  take(message: ConsumeMessage, signal: AbortSignal): Promise<void>;
  reconnectMs: number;
  logger: Pick<Logger, 'warn'>;
}

/**
 * Consumes a queue over as many connections as it takes. A message is acknowledged after `take`; what was not
 * acknowledged when the channel went is delivered again, and waits in its lane until the first `take` has ended.
 */
export function consumeInLanes(options: LaneConsumerOptions): LaneConsumer {
  const closing = new AbortController();
  /** The last message of each lane; the next one waits for it. Outlives the channel. */
  const lanes = new Map<string, Promise<void>>();
  let current: { channel: Channel; consumerTag: string } | undefined;

  async function use(channel: Channel, lost: AbortSignal): Promise<void> {
    await options.declare(channel);
    await channel.prefetch(options.prefetch);
    if (closing.signal.aborted || lost.aborted) return;
    lost.addEventListener('abort', () => {
      current = undefined;
    });
    const gone = AbortSignal.any([lost, closing.signal]);
    const { consumerTag } = await channel.consume(options.queue, (message) => {
      // The broker has cancelled the consumer: the queue was deleted, or its leader is elsewhere.
      if (message === null) void abandon(channel);
      else enqueue(channel, message, { lost, gone });
    });
    if (!lost.aborted) current = { channel, consumerTag };
  }

  function enqueue(
    channel: Channel,
    message: ConsumeMessage,
    { lost, gone }: { lost: AbortSignal; gone: AbortSignal },
  ): void {
    const lane = options.laneOf(message);
    const before = lanes.get(lane) ?? Promise.resolve();
    const done = before.then(take).finally(() => {
      if (lanes.get(lane) === done) lanes.delete(lane);
    });
    lanes.set(lane, done);

    async function take(): Promise<void> {
      if (gone.aborted) return;
      try {
        await options.take(message, gone);
      } catch (error) {
        if (gone.aborted) return;
        options.logger.warn({ err: error, queue: options.queue }, 'bus: a message goes back to its queue');
        return await abandon(channel);
      }
      if (!lost.aborted) channel.ack(message);
    }
  }

  /** Returns everything unacknowledged to the queue, in order; a new channel begins there again. */
  async function abandon(channel: Channel): Promise<void> {
    await closeChannel(channel).catch((error: unknown) =>
      options.logger.warn({ err: error, queue: options.queue }, 'bus: a channel did not close'),
    );
  }

  async function run(): Promise<void> {
    const closed = new Promise<boolean>((resolve) =>
      closing.signal.addEventListener('abort', () => resolve(false), { once: true }),
    );
    // A `ready` that rejects is a start that failed: nothing is consumed, and the bus is closed soon.
    const ready = options.ready.then(
      () => true,
      () => false,
    );
    if (!(await Promise.race([ready, closed]))) return;
    await keepChannel({
      open: () => options.connection.createChannel(),
      use,
      closing: closing.signal,
      pauseMs: options.reconnectMs,
      purpose: `consume ${options.queue}`,
      logger: options.logger,
    });
  }

  return {
    stopped: run(),
    async close() {
      closing.abort();
      await Promise.all(lanes.values());
      if (current) await closeChannel(current.channel);
    },
  };
}
