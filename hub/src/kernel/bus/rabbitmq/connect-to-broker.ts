import { setTimeout as wait } from 'node:timers/promises';
import { type Channel, type ConfirmChannel, connect } from 'amqplib';
import type { Logger } from 'pino';

export interface BrokerConnection {
  /** Whether the broker is there and takes messages; false while it is out of memory or disk. */
  readonly available: boolean;
  /** Resolves once there is a connection; rejects when this one is closed for good. */
  createChannel(): Promise<Channel>;
  createConfirmChannel(): Promise<ConfirmChannel>;
  close(): Promise<void>;
}

export interface BrokerConnectionOptions {
  /** amqp:// or amqps:// with user and password. */
  url: string;
  /** In place of the one in the address. */
  vhost?: string | undefined;
  /** Pause before the first reconnection; it doubles with each further one, give or take half, up to 10 s. */
  reconnectMs: number;
  logger: Pick<Logger, 'info' | 'warn'>;
}

const MAX_RECONNECT_MS = 10_000;
const HANDSHAKE_MS = 5_000;
const CLOSE_MS = 5_000;
const HEARTBEAT_SECONDS = 10;

/** Resolves after the first attempt, whether or not the broker was there; a lost connection is made again for ever. */
export async function connectToBroker(options: BrokerConnectionOptions): Promise<BrokerConnection> {
  const { logger } = options;
  let connected = false;
  let blocked = false;
  const tried = Promise.withResolvers<void>();
  const recovering = await connect(address(options), {
    noDelay: true,
    timeout: HANDSHAKE_MS,
    recovery: {
      initialDelay: options.reconnectMs,
      maxDelay: MAX_RECONNECT_MS,
      jitter: 0.5,
      waitForConnect: false,
    },
  });
  recovering.on('connect', () => {
    connected = true;
    blocked = false;
    logger.info('bus: connected to RabbitMQ');
    tried.resolve();
  });
  recovering.on('connect-failed', (error) => {
    logger.warn({ err: error }, 'bus: RabbitMQ cannot be reached');
    tried.resolve();
  });
  recovering.on('disconnect', (error) => {
    connected = false;
    logger.warn({ err: error }, 'bus: the connection to RabbitMQ is lost');
  });
  recovering.on('error', (error) => logger.warn({ err: error }, 'bus: the connection to RabbitMQ failed'));
  recovering.on('blocked', (reason) => {
    blocked = true;
    logger.warn({ reason }, 'bus: RabbitMQ takes no messages at the moment');
  });
  recovering.on('unblocked', () => {
    blocked = false;
  });
  await tried.promise;
  return {
    get available() {
      return connected && !blocked;
    },
    createChannel: () => recovering.createChannel(),
    createConfirmChannel: () => recovering.createConfirmChannel(),
    async close() {
      connected = false;
      // A broker that does not answer is left to the heartbeat, which breaks the connection.
      await Promise.race([recovering.close(), wait(CLOSE_MS, undefined, { ref: false })]);
    },
  };
}

function address({ url, vhost }: BrokerConnectionOptions): string {
  const parts = new URL(url);
  if (vhost !== undefined) parts.pathname = `/${encodeURIComponent(vhost)}`;
  if (!parts.searchParams.has('heartbeat')) parts.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
  return parts.href;
}
