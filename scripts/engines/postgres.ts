import type { Engine } from './engine.ts';
import { hubPackage } from './hub-package.ts';

const USUAL = 'postgres://postgres@127.0.0.1:5432/test';
const CONNECT_TIMEOUT_MS = 5_000;

interface Pg {
  Client: new (options: {
    connectionString: string;
    connectionTimeoutMillis: number;
  }) => {
    connect(): Promise<void>;
    query(sql: string): Promise<{ rows: { server_version: string }[] }>;
    end(): Promise<void>;
  };
}

export const postgres: Engine = {
  name: 'postgres',
  variable: 'BUTIK_TEST_POSTGRES',
  usually: USUAL,
  async find(address = USUAL) {
    const { Client } = hubPackage<Pg>('pg');
    const client = new Client({ connectionString: address, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
    await client.connect();
    try {
      const { rows } = await client.query('SHOW server_version');
      return { address, version: rows[0]?.server_version ?? 'unknown' };
    } finally {
      await client.end();
    }
  },
  container: {
    composeService: 'postgres',
    port: 5432,
    environment: { POSTGRES_DB: 'test', POSTGRES_HOST_AUTH_METHOD: 'trust' },
    command: ['postgres', '-c', 'wal_level=logical', '-c', 'max_connections=300'],
    // The first time is the server that sets the database up.
    readyLog: [/ready to accept connections/, 2],
    address: (hostAndPort) => `postgres://postgres@${hostAndPort}/test`,
  },
};
