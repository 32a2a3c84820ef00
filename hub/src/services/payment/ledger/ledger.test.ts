import { sql as template } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../../../kernel/sql/migrate.ts';
import type { Sql } from '../../../kernel/sql/sql.ts';
import { openTestSql } from '../../../kernel/sql/testing/test-database.ts';
import { paymentMigrations, SCHEMA } from '../migrations.ts';
import { bookTransaction, type MovedMoney } from './book-transaction.ts';

let sql: Sql;
beforeAll(async () => {
  sql = await openTestSql();
  await migrate(sql, SCHEMA, paymentMigrations);
});
afterAll(() => sql?.close());

async function makePayment(): Promise<string> {
  const id = uuidv7();
  await sql.rows(template`
    INSERT INTO payment.payments (id, order_id, shop_id, user_id, amount_minor, currency, status, payment_method,
      gateway, payer, message, content_hash, pay_by, created_at, updated_at)
    VALUES (${id}, ${id}, ${id}, '', 1990, 'SEK', 'pending', 'swish', 'swish', '', '', 'hash', now(), now(), now())`);
  return id;
}

const charge = (paymentId: string): MovedMoney => ({
  transactionId: uuidv7(),
  kind: 'charge',
  paymentId,
  refundId: null,
  shopId: 's1',
  amountMinor: 1_990,
  currency: 'SEK',
  gateway: 'swish',
  gatewayTransactionId: 't1',
  atMs: 0,
});

const book = (moved: MovedMoney) => sql.transaction((tx) => bookTransaction(tx, moved));
const refusedWith = (code: string) => ({ cause: { code } });
const CHANGED = refusedWith('23001');
const UNBALANCED = refusedWith('23514');

test('a charge stands in two accounts that sum to zero', async () => {
  const moved = charge(await makePayment());
  await book(moved);
  expect(
    await sql.rows(template`SELECT account, amount_minor FROM payment.ledger_entries
      WHERE transaction_id = ${moved.transactionId} ORDER BY position`),
  ).toEqual([
    { account: 'gateway:swish', amount_minor: 1_990 },
    { account: 'sales:s1', amount_minor: -1_990 },
  ]);
});

test('a payment is charged once in the books, whoever tries', async () => {
  const paymentId = await makePayment();
  await book(charge(paymentId));
  await expect(book(charge(paymentId))).rejects.toMatchObject(refusedWith('23505'));
});

test('a transaction that does not balance, or has no entries, is not committed', async () => {
  const moved = charge(await makePayment());
  const insert = template`INSERT INTO payment.payment_transactions (id, payment_id, kind, amount_minor, currency,
    gateway, gateway_transaction_id, booked_at)
    VALUES (${moved.transactionId}, ${moved.paymentId}, 'charge', 1990, 'SEK', 'swish', 't1', now())`;
  await expect(sql.transaction((tx) => tx.rows(insert))).rejects.toThrow();
  const lopsided = sql.transaction(async (tx) => {
    await tx.rows(insert);
    await tx.rows(template`INSERT INTO payment.ledger_entries (transaction_id, account, amount_minor)
      VALUES (${moved.transactionId}, 'gateway:swish', 1990), (${moved.transactionId}, 'sales:s1', -1989)`);
  });
  // The engines wrap what fails at the commit differently.
  await expect(lopsided).rejects.toSatisfy((error: Error) =>
    `${error} ${error.cause}`.includes('does not balance'),
  );
  expect(
    await sql.rows(template`SELECT id FROM payment.payment_transactions WHERE id = ${moved.transactionId}`),
  ).toEqual([]);
});

test('nothing is added to a transaction later, not even in balance', async () => {
  const moved = charge(await makePayment());
  await book(moved);
  const more = sql.rows(template`INSERT INTO payment.ledger_entries (transaction_id, account, amount_minor)
    VALUES (${moved.transactionId}, 'gateway:swish', 5), (${moved.transactionId}, 'sales:s1', -5)`);
  await expect(more).rejects.toMatchObject(UNBALANCED);
});

test('what is booked, audited or reconciled is never changed or taken away', async () => {
  await book(charge(await makePayment()));
  await sql.rows(template`INSERT INTO payment.audit (subject, at, by, action, change)
    VALUES ('payment:1', now(), 'test', 'payment.process', '{}')`);
  for (const [table, column] of [
    ['ledger_entries', 'account'],
    ['payment_transactions', 'gateway'],
    ['audit', 'by'],
  ] as const) {
    const name = template`payment.${template.identifier(table)}`;
    await expect(
      sql.rows(template`UPDATE ${name} SET ${template.identifier(column)} = 'x'`),
    ).rejects.toMatchObject(CHANGED);
    await expect(sql.rows(template`DELETE FROM ${name}`)).rejects.toMatchObject(CHANGED);
    await expect(sql.rows(template`TRUNCATE ${name} CASCADE`)).rejects.toMatchObject(CHANGED);
  }
});
