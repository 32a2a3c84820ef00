import { createHttpServer } from '@butik/proto/http/create-http-server';
import type { Logger } from 'pino';
import { migrate } from '../kernel/sql/migrate.ts';
import { openPostgresSql } from '../kernel/sql/postgres/open-postgres-sql.ts';
import { portTaken } from '../serve-http.ts';
import { VERSION } from '../version.ts';
import { FEED_MIGRATIONS } from './capture/migrations.ts';
import { openFeed } from './open-feed.ts';
import { shapeRoutes } from './shape-routes.ts';
import type { ShapeServerOptions } from './shapes/shape-server.ts';

export interface ServeDatabaseOptions extends Omit<ShapeServerOptions, 'sql' | 'logger' | 'captureAny'> {
  databaseUrl: string;
  host: string;
  /** 0 for a free one. */
  port: number;
  logger: Logger;
}

export interface ServedDatabase {
  url: string;
  close(): Promise<void>;
}

/**
 * Serves the tables of a PostgreSQL database as shapes, without a hub. It makes the schemas `feed` and `kernel`
 * there, and puts triggers on a table when it is first asked for. Nobody is asked who they are.
 * Throws SERVICE_UNAVAILABLE when the database cannot be reached or the port is taken.
 */
export async function serveDatabase(options: ServeDatabaseOptions): Promise<ServedDatabase> {
  const { databaseUrl, host, port, logger, ...shapes } = options;
  const sql = await openPostgresSql({ url: databaseUrl, logger });
  try {
    await migrate(sql, 'feed', FEED_MIGRATIONS);
    const feed = await openFeed({ ...shapes, sql, logger, captureAny: true });
    const app = await createHttpServer({ logger, title: 'Butik shapes', version: VERSION });
    await app.register(shapeRoutes(feed.shapes));
    // Electric answers here too, and its clients' tests look whether it does.
    app.get('/', async (_request, reply) => reply.header('cache-control', 'no-store').send(''));
    const close = async () => {
      await app.close();
      await feed.close();
      await sql.close();
    };
    try {
      return { url: await app.listen({ host, port }), close };
    } catch (cause) {
      await close();
      throw portTaken(host, port, cause);
    }
  } catch (error) {
    await sql.close();
    throw error;
  }
}
