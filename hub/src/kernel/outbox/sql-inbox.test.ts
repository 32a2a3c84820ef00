import { sql as template } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openPgliteSql } from '../sql/pglite/open-pglite-sql.ts';
import type { Sql } from '../sql/sql.ts';
import { migrateInbox, takeOnce } from './sql-inbox.ts';

let sql: Sql;
beforeAll(async () => {
  sql = await openPgliteSql({ directory: 'memory' });
  await migrateInbox(sql);
  await sql.rows(template`CREATE TABLE sold (pieces integer NOT NULL)`);
}, 60_000);
beforeEach(async () => {
  await sql.rows(template`TRUNCATE sold, kernel.inbox`);
});
afterAll(() => sql.close());

async function countSale(consumer: string, eventId: string, fail = false): Promise<void> {
  await sql.transaction(async (tx) => {
    if (!(await takeOnce(tx, consumer, eventId))) return;
    await tx.rows(template`INSERT INTO sold VALUES (1)`);
    if (fail) throw new Error('the disk is full');
  });
}

async function sold(): Promise<number> {
  return (await sql.rows(template`SELECT pieces FROM sold`)).length;
}

test('an event that is delivered twice is counted once', async () => {
  await countSale('report', 'e1');
  await countSale('report', 'e1');
  await countSale('report', 'e2');
  expect(await sold()).toBe(2);
});

test('each consumer takes an event for itself', async () => {
  await countSale('report', 'e1');
  await countSale('stock', 'e1');
  expect(await sold()).toBe(2);
});

test('a consumer whose effect was rolled back has not taken the event', async () => {
  await expect(countSale('report', 'e1', true)).rejects.toThrow('the disk is full');
  expect(await sold()).toBe(0);
  await countSale('report', 'e1');
  expect(await sold()).toBe(1);
});

test('the table is made once, however often a hub starts', async () => {
  await countSale('report', 'e1');
  await migrateInbox(sql);
  await countSale('report', 'e1');
  expect(await sold()).toBe(1);
});
