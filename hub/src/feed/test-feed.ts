import type { AddressInfo } from 'node:net';
import { closeUnusedConnections } from '@butik/proto/http/close-unused-connections';
import { sql as template } from 'drizzle-orm';
import fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify';
import { migrate } from '../kernel/sql/migrate.ts';
import type { Sql } from '../kernel/sql/sql.ts';
import { openTestSql } from '../kernel/sql/testing/test-database.ts';
import { installCapture } from './capture/install-capture.ts';
import { FEED_MIGRATIONS } from './capture/migrations.ts';
import { shapeRoutes } from './shape-routes.ts';
import { createShapeServer, type ShapeServer, type ShapeServerOptions } from './shapes/shape-server.ts';

/** A store for a test file with the feed's log and a captured table `public.items`. */
export async function openItems(): Promise<Sql> {
  const sql = await openTestSql();
  await makeItems(sql);
  return sql;
}

export async function makeItems(sql: Sql): Promise<void> {
  await migrate(sql, 'feed', FEED_MIGRATIONS);
  await sql.rows(
    template`CREATE TABLE items (id integer PRIMARY KEY, name text NOT NULL, shelf text, tags text[])`,
  );
  await installCapture(sql, { schema: 'public', table: 'items' });
}

/** Resolves when every notification that was committed before has been heard; PostgreSQL's take their way. */
export async function notificationsHeard(sql: Sql): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = await sql.listen('heard', () => resolve());
  await sql.rows(template`SELECT pg_notify('heard', '')`);
  await promise;
  await end();
}

export interface ServedShapes {
  url: string;
  shapes: ShapeServer;
  close(): Promise<void>;
}

/** The shape server with Electric's routes on a port of its own. */
export async function serveShapes(
  sql: Sql,
  options: Omit<ShapeServerOptions, 'sql'> = {},
): Promise<ServedShapes> {
  const shapes = await createShapeServer({ sql, ...options });
  const served = await listen(shapeRoutes(shapes));
  return {
    url: served.url,
    shapes,
    async close() {
      await served.close();
      await shapes.close();
    },
  };
}

export async function listen(
  ...plugins: FastifyPluginAsync[]
): Promise<{ url: string; app: FastifyInstance; close(): Promise<void> }> {
  const app = fastify({ forceCloseConnections: 'idle' });
  closeUnusedConnections(app);
  for (const plugin of plugins) await app.register(plugin);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, app, close: async () => void (await app.close()) };
}

export interface Answer {
  status: number;
  headers: Headers;
  /** JSON of any form; what it is is what the test is about. */
  body: unknown;
  /** Its change messages, without the control messages. */
  changes: { key: string; value: Record<string, string | null>; headers: Record<string, unknown> }[];
  offset: string;
  handle: string;
  /** The position of its up-to-date message. */
  position: string | undefined;
}

/** A request to `GET /v1/shape` with these parameters. */
export async function getShape(
  url: string,
  params: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${url}/v1/shape?${new URLSearchParams(params)}`, { headers });
  const text = await response.text();
  const body = text === '' ? null : JSON.parse(text);
  const messages = Array.isArray(body) ? body : [];
  return {
    status: response.status,
    headers: response.headers,
    body,
    changes: messages.filter((message) => 'key' in message),
    offset: response.headers.get('electric-offset') ?? '',
    handle: response.headers.get('electric-handle') ?? '',
    position: messages.at(-1)?.headers.global_last_seen_lsn,
  };
}

/** Follows a shape from its start until it is up to date. */
export async function followToEnd(
  url: string,
  params: Record<string, string>,
): Promise<Answer & { requests: number }> {
  let answer = await getShape(url, { ...params, offset: '-1' });
  const changes = [...answer.changes];
  let requests = 1;
  while (!answer.headers.has('electric-up-to-date')) {
    if (answer.status !== 200) throw new Error(`HTTP ${answer.status}: ${JSON.stringify(answer.body)}`);
    answer = await getShape(url, { ...params, offset: answer.offset, handle: answer.handle });
    changes.push(...answer.changes);
    requests++;
  }
  return { ...answer, changes, requests };
}
