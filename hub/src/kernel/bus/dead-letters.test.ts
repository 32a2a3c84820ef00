import { sql as template } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openPgliteSql } from '../sql/pglite/open-pglite-sql.ts';
import type { Sql } from '../sql/sql.ts';
import { orderEvent } from './bus.contract.ts';
import { keepDeadLetter, listDeadLetters, migrateDeadLetters } from './dead-letters.ts';

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
  expect(letter?.diedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test('an event that dies again has one letter, with the last reason', async () => {
  const event = orderEvent('a');
  await keepDeadLetter(sql, { consumer: 'feed', event, error: new Error('first') });
  await keepDeadLetter(sql, { consumer: 'feed', event, error: 'second' });
  expect((await listDeadLetters(sql)).map(({ error }) => error)).toEqual(['second']);
});

test('letters can be listed for one consumer', async () => {
  const event = orderEvent('a');
  await keepDeadLetter(sql, { consumer: 'feed', event, error: 'x' });
  await keepDeadLetter(sql, { consumer: 'order', event, error: 'x' });
  expect((await listDeadLetters(sql, 'order')).map(({ consumer }) => consumer)).toEqual(['order']);
  expect(await listDeadLetters(sql)).toHaveLength(2);
});
