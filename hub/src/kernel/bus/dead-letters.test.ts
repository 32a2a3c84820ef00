import { createHttpServer, type HttpServer } from '@butik/proto/http/create-http-server';
import { sql as template } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPgliteSql } from '../sql/pglite/open-pglite-sql.ts';
import type { Sql } from '../sql/sql.ts';
import { orderEvent } from './bus.contract.ts';
import type { Bus } from './bus.ts';
import { deadLetterRoutes } from './dead-letter-routes.ts';
import { type KeptDeadLetter, keepDeadLetter, listDeadLetters, migrateDeadLetters } from './dead-letters.ts';
import { openInProcessBus } from './in-process/open-in-process-bus.ts';
import { createRedelivery, type Redelivery } from './redeliver.ts';

let sql: Sql;
beforeAll(async () => {
  sql = await openPgliteSql({ directory: 'memory' });
  await migrateDeadLetters(sql);
}, 60_000);
afterEach(() => sql.rows(template`TRUNCATE kernel.dead_letters`));
afterAll(() => sql.close());

test('a dead letter keeps the whole event, its consumer and why it died', async () => {
  const event = orderEvent('a');
  await keepDeadLetter(sql, { consumer: 'feed', event, error: new Error('no such shop') });
  const [letter, ...more] = await listDeadLetters(sql);
  expect(more).toEqual([]);
  expect(letter).toMatchObject({ consumer: 'feed', event });
  expect(letter?.error).toContain('no such shop');
  expect(letter?.diedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
});

test('an event that dies again has one letter, with the last reason', async () => {
  const event = orderEvent('a');
  await keepDeadLetter(sql, { consumer: 'feed', event, error: new Error('first') });
  await keepDeadLetter(sql, { consumer: 'feed', event, error: 'second' });
  expect((await listDeadLetters(sql)).map(({ error }) => error)).toEqual(['second']);
});

test('letters are read page by page, also when one event has died for two consumers', async () => {
  const event = orderEvent('a');
  await keepDeadLetter(sql, { consumer: 'feed', event, error: 'x' });
  await keepDeadLetter(sql, { consumer: 'order', event, error: 'x' });
  const [first, ...rest] = await listDeadLetters(sql, { limit: 1 });
  expect(first?.id).toBe(`feed:${event.id}`);
  expect(rest).toEqual([]);
  const page = await listDeadLetters(sql, { after: first!.id });
  expect(page.map(({ consumer }) => consumer)).toEqual(['order']);
});

describe('head office', () => {
  let app: HttpServer;
  let bus: Bus;
  let redelivery: Redelivery;
  let broken: boolean;
  const taken: string[] = [];
  beforeEach(async () => {
    broken = true;
    taken.length = 0;
    const logger = pino({ level: 'silent' });
    bus = openInProcessBus({ logger, maxAttempts: 1, onDeadLetter: (letter) => keepDeadLetter(sql, letter) });
    await bus.subscribe({
      consumer: 'report',
      types: ['OrderCreated'],
      async handle({ id }) {
        if (broken) throw new Error('no such shop');
        taken.push(id);
      },
    });
    redelivery = createRedelivery({ sql, bus, logger });
    app = await createHttpServer({ logger, title: 'test', version: '0' });
    await app.register(deadLetterRoutes(sql, redelivery));
  });
  afterEach(async () => {
    await app.close();
    await bus.close();
  });
  const listed = async () => (await app.inject('/v1/sync/dead-letters')).json().items;
  async function redeliver(id: string) {
    const answer = await app.inject({ method: 'POST', url: `/v1/sync/dead-letters/${id}/redeliver` });
    await redelivery.idle();
    return answer;
  }

  test('sees what a consumer did not take, has it delivered again after the mend, and the letter is gone', async () => {
    const event = orderEvent('a');
    await bus.publish(event);
    const [letter] = await listed();
    expect(letter).toMatchObject({
      consumer: 'report',
      event,
      error: expect.stringContaining('no such shop'),
    });
    broken = false;
    expect((await redeliver(letter.id)).statusCode).toBe(202);
    expect(taken).toEqual([event.id]);
    expect(await listed()).toEqual([]);
    expect((await redeliver(letter.id)).json()).toMatchObject({ status: 404, code: 'DEAD_LETTER_NOT_FOUND' });
  });

  test('keeps the letter of an event that dies again', async () => {
    await bus.publish(orderEvent('a'));
    const [before] = await listed();
    await redeliver(before.id);
    const [after, ...more] = await listed();
    expect(more).toEqual([]);
    expect(after.id).toBe(before.id);
    expect(after.diedAt > before.diedAt).toBe(true);
  });

  test('follows `next` through a long list', async () => {
    for (const name of ['a', 'b', 'c']) await bus.publish(orderEvent(name));
    const first = (await app.inject('/v1/sync/dead-letters?limit=2')).json();
    expect(first.items).toHaveLength(2);
    const second = (await app.inject(`/v1/sync/dead-letters?limit=2&cursor=${first.next}`)).json();
    expect(second.items.map(({ event }: KeptDeadLetter) => event.subject)).toEqual(['c']);
    expect(second.next).toBeNull();
  });
});
