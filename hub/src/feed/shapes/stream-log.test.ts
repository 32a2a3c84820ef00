import { sql as template } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Sql } from '../../kernel/sql/sql.ts';
import { followToEnd, getShape, openItems, serveShapes } from '../test-feed.ts';

let sql: Sql;
const items = { table: 'items' };

beforeAll(async () => {
  sql = await openItems();
}, 30_000);
afterAll(() => sql.close());
beforeEach(async () => {
  await sql.rows(template`DELETE FROM items`);
  await sql.rows(template`INSERT INTO items VALUES (1, 'milk', 'A')`);
});

interface Events {
  status: number;
  headers: Headers;
  /** The next event or comment, without its empty line; null at the end. */
  next(): Promise<string | null>;
  leave(): void;
}

async function openStream(
  url: string,
  at: { offset: string; handle: string },
  parameter = 'live_sse',
): Promise<Events> {
  const leaving = new AbortController();
  const query = new URLSearchParams({ ...items, offset: at.offset, handle: at.handle, live: 'true' });
  const response = await fetch(`${url}/v1/shape?${query}&${parameter}=true`, { signal: leaving.signal });
  const chunks = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    status: response.status,
    headers: response.headers,
    async next() {
      while (!text.includes('\n\n')) {
        const { value, done } = await chunks.read();
        if (done) return null;
        text += value;
      }
      const end = text.indexOf('\n\n');
      const event = text.slice(0, end);
      text = text.slice(end + 2);
      return event;
    },
    leave: () => leaving.abort(),
  };
}

test.each(['live_sse', 'experimental_live_sse'])(
  'changes arrive as events, one a message (%s)',
  async (by) => {
    const { url, close } = await serveShapes(sql);
    const start = await followToEnd(url, items);
    const stream = await openStream(url, start, by);
    expect(stream.status).toBe(200);
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    expect(stream.headers.get('cache-control')).toBe('public, max-age=59');
    expect(stream.headers.get('electric-handle')).toBe(start.handle);
    expect(stream.headers.get('electric-offset')).toBe(start.offset);
    expect(stream.headers.get('electric-cursor')).toMatch(/^\d+$/);
    const told = async () => JSON.parse((await stream.next())!.replace(/^data: /, ''));
    for (const name of ['oat milk', 'cream']) {
      await sql.rows(template`UPDATE items SET name = ${name}`);
      expect((await told()).value).toEqual({ id: '1', name });
      expect((await told()).headers).toEqual({
        control: 'up-to-date',
        global_last_seen_lsn: expect.any(String),
      });
    }
    stream.leave();
    await close();
  },
);

test('a long backlog comes in parts, and the end of it is told', async () => {
  const { url, close } = await serveShapes(sql, { chunkBytes: 1000 });
  const start = await followToEnd(url, items);
  await sql.rows(template`INSERT INTO items SELECT n, repeat('x', 100) FROM generate_series(10, 49) n`);
  const stream = await openStream(url, start);
  const ids: string[] = [];
  for (;;) {
    const message = JSON.parse((await stream.next())!.replace(/^data: /, ''));
    if (message.headers.control === 'up-to-date') break;
    ids.push(message.value.id);
  }
  expect(ids).toEqual(Array.from({ length: 40 }, (_, index) => String(index + 10)));
  stream.leave();
  await close();
});

test('a quiet stream says that it is there, and ends after its time', async () => {
  const quiet = await serveShapes(sql, { keepAliveMs: 1, streamMs: 60_000 });
  const start = await followToEnd(quiet.url, items);
  const stream = await openStream(quiet.url, start);
  expect(await stream.next()).toBe(': keep-alive');
  stream.leave();
  await quiet.close();
  const brief = await serveShapes(sql, { streamMs: 20 });
  expect(await (await openStream(brief.url, start)).next()).toBeNull();
  await brief.close();
});

test('a stream ends when its shape is dropped, and the next one must begin anew', async () => {
  const { url, close } = await serveShapes(sql);
  const start = await followToEnd(url, items);
  const stream = await openStream(url, start);
  await fetch(`${url}/v1/shape?handle=${start.handle}`, { method: 'DELETE' });
  await sql.rows(template`DELETE FROM items`);
  expect(await stream.next()).toBeNull();
  const next = await openStream(url, start);
  expect(next.status).toBe(409);
  expect(next.headers.get('electric-handle')).not.toBe(start.handle);
  await close();
});

test('a server that closes ends its streams', async () => {
  const { url, close } = await serveShapes(sql);
  const stream = await openStream(url, await followToEnd(url, items));
  await close();
  expect(await stream.next()).toBeNull();
});

test('a stream may begin at the end of the snapshot', async () => {
  const { url, close } = await serveShapes(sql);
  const first = await getShape(url, { ...items, offset: '-1' });
  await sql.rows(template`DELETE FROM items`);
  const stream = await openStream(url, first);
  expect(JSON.parse((await stream.next())!.slice(6)).headers.operation).toBe('delete');
  stream.leave();
  await close();
});
