import { setTimeout as wait } from 'node:timers/promises';
import type { Channel } from 'amqplib';
import type { Logger } from 'pino';

export interface KeepChannelOptions<Kept extends Channel> {
  open(): Promise<Kept>;
  /** Declares, binds, consumes: whatever the channel is for. `lost` is aborted when the channel is gone. */
  use(channel: Kept, lost: AbortSignal): Promise<void>;
  /** Aborted when the channel shall not be opened again. */
  closing: AbortSignal;
  /** Pause after the first failure; it doubles with each further one in a row, less up to half, up to 10 s. */
  pauseMs: number;
  /** For the log. */
  purpose: string;
  logger: Pick<Logger, 'warn'>;
}

const MAX_PAUSE_MS = 10_000;

/** Opens a channel again and again, as long as `closing` allows; resolves when it does no more. */
export async function keepChannel<Kept extends Channel>(options: KeepChannelOptions<Kept>): Promise<void> {
  const { closing, logger, purpose } = options;
  let failures = 0;
  while (!closing.aborted) {
    try {
      await openOnce();
    } catch (error) {
      if (closing.aborted) return;
      logger.warn({ err: error, purpose }, 'bus: a channel to RabbitMQ failed; it is opened again');
      failures++;
    }
    const pause = Math.min(options.pauseMs * 2 ** failures, MAX_PAUSE_MS) * (1 - Math.random() / 2);
    await wait(pause, undefined, { signal: closing }).catch((error: unknown) => {
      if (!closing.aborted) throw error;
    });
  }

  async function openOnce(): Promise<void> {
    const channel = await options.open();
    const lost = new AbortController();
    const closed = Promise.withResolvers<void>();
    let reason: Error | undefined;
    channel.on('error', (error) => {
      reason = error;
    });
    channel.on('close', () => {
      lost.abort();
      closed.resolve();
    });
    try {
      await options.use(channel, lost.signal);
    } catch (error) {
      lost.abort();
      await closeChannel(channel);
      throw error;
    }
    failures = 0;
    await closed.promise;
    if (reason) throw reason;
  }
}

/** Resolves when the channel is closed, by this, by the broker or with its connection. */
export function closeChannel(channel: Channel): Promise<void> {
  return new Promise((resolve, reject) => {
    // A connection that breaks in the middle leaves `close` without an answer.
    channel.once('close', resolve);
    channel.close().then(resolve, (error: Error) => {
      if (error.name === 'IllegalOperationError') resolve();
      else reject(error);
    });
  });
}
