import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { openPgliteSql } from '../../hub/src/kernel/sql/pglite/open-pglite-sql.ts';
import type { Sql } from '../../hub/src/kernel/sql/sql.ts';
import { makePostgresDatabase } from '../../hub/src/kernel/sql/testing/test-database.ts';

/** What a hub stands on: PGlite in its folder, or PostgreSQL where BUTIK_TEST_POSTGRES names a server. */
export interface HubStore {
  engine: 'PGlite' | 'PostgreSQL';
  folder: string;
  /** What the hub is told of it, as environment variables. */
  settings: Record<string, string>;
  /** Opens the relational store; on PGlite while no hub runs on it. */
  openSql(): Promise<Sql>;
  /** The same content for another hub. Nothing may run on this one. */
  copy(folder: string): Promise<HubStore>;
  /** Drops what is not in the folder. */
  remove(): Promise<void>;
}

export async function makeHubStore(folder: string): Promise<HubStore> {
  const server = process.env.BUTIK_TEST_POSTGRES;
  return server ? onPostgres(folder, server) : onPglite(folder);
}

function onPglite(folder: string): HubStore {
  return {
    engine: 'PGlite',
    folder,
    settings: {},
    openSql: () => openPgliteSql({ directory: join(folder, 'sql') }),
    async copy(to) {
      cpSync(folder, to, { recursive: true });
      return onPglite(to);
    },
    remove: async () => undefined,
  };
}

async function onPostgres(folder: string, server: string, template?: string): Promise<HubStore> {
  const database = await makePostgresDatabase(server);
  const name = new URL(database.url).pathname.slice(1);
  if (template !== undefined) {
    await database.administer(`DROP DATABASE ${name}`);
    await database.administer(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  }
  return {
    engine: 'PostgreSQL',
    folder,
    settings: { BUTIK_DATABASE_URL: database.url },
    openSql: () => database.open(),
    async copy(to) {
      cpSync(folder, to, { recursive: true });
      return onPostgres(to, server, name);
    },
    remove: () => database.drop(),
  };
}
