import type { Engine } from './engine.ts';
import { hubPackage } from './hub-package.ts';

const USUAL = 'amqp://guest:guest@127.0.0.1:5672';
const CONNECT_TIMEOUT_MS = 5_000;

interface Amqp {
  connect(
    url: string,
    options: { timeout: number },
  ): Promise<{
    connection: { serverProperties: { version?: string } };
    close(): Promise<void>;
  }>;
}

export const rabbitmq: Engine = {
  name: 'rabbitmq',
  variable: 'BUTIK_TEST_RABBITMQ',
  usually: USUAL,
  async find(address = USUAL) {
    const broker = await hubPackage<Amqp>('amqplib').connect(address, { timeout: CONNECT_TIMEOUT_MS });
    const version = broker.connection.serverProperties.version ?? 'unknown';
    await broker.close();
    return { address, version };
  },
  container: {
    composeService: 'rabbitmq',
    port: 5672,
    environment: { RABBITMQ_DEFAULT_USER: 'butik', RABBITMQ_DEFAULT_PASS: 'butik' },
    readyLog: [/Server startup complete/, 1],
    address: (hostAndPort) => `amqp://butik:butik@${hostAndPort}`,
  },
};
