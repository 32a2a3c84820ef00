import type { Engine } from './engine.ts';
import { hubPackage } from './hub-package.ts';

const USUAL = 'redis://127.0.0.1:6379';
const CONNECT_TIMEOUT_MS = 5_000;

interface IoRedis {
  Redis: new (
    url: string,
    options: { lazyConnect: true; connectTimeout: number; retryStrategy: () => null },
  ) => {
    on(event: 'error', listener: (error: Error) => void): void;
    connect(): Promise<void>;
    info(section: string): Promise<string>;
    disconnect(): void;
  };
}

export const redis: Engine = {
  name: 'redis',
  variable: 'BUTIK_TEST_REDIS',
  usually: USUAL,
  async find(address = USUAL) {
    const { Redis } = hubPackage<IoRedis>('ioredis');
    const client = new Redis(address, {
      lazyConnect: true,
      connectTimeout: CONNECT_TIMEOUT_MS,
      retryStrategy: () => null,
    });
    let reason: Error | undefined;
    // connect() only says that the connection is closed; the event says why.
    client.on('error', (error) => {
      reason = error;
    });
    try {
      await client.connect();
      const info = await client.info('server');
      return { address, version: /redis_version:(\S+)/.exec(info)?.[1] ?? 'unknown' };
    } catch (error) {
      throw reason ?? error;
    } finally {
      client.disconnect();
    }
  },
  container: {
    composeService: 'redis',
    port: 6379,
    // BullMQ asks for it.
    command: ['redis-server', '--maxmemory-policy', 'noeviction'],
    readyLog: [/Ready to accept connections/, 1],
    address: (hostAndPort) => `redis://${hostAndPort}`,
  },
};
