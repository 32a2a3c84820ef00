import { sql as template } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sql } from '../../kernel/sql/sql.ts';
import { openTestSql } from '../../kernel/sql/testing/test-database.ts';
import {
  type SwishSimulator,
  startSwishSimulator,
} from './gateways/swish/simulator/start-swish-simulator.ts';
import { openPaymentDesk, type PaymentDesk, paymentOf } from './testing/open-payment-desk.ts';

const HOUR_MS = 60 * 60_000;

let sql: Sql;
let bank: SwishSimulator;
let desk: PaymentDesk;
beforeAll(async () => {
  sql = await openTestSql();
  bank = await startSwishSimulator();
  desk = await openPaymentDesk({ sql, bank });
});
afterAll(async () => {
  await desk?.close();
  await bank?.close();
  await sql?.close();
});

async function inReview(reason: string): Promise<string[]> {
  const { body } = await desk.hub.call('GET', `/v1/payments?review=${reason}`);
  return body.items.map(({ paymentId }: { paymentId: string }) => paymentId);
}

async function gauge(): Promise<Record<string, number>> {
  const { values } = await desk.hub.kernel.metrics.getSingleMetric('butik_payments_in_review')!.get();
  return Object.fromEntries(values.map(({ labels, value }) => [labels.reason, value]));
}

/** A payment of which the bank refused to give anything back. */
async function declined(): Promise<string> {
  const { paymentId } = await desk.payments.processPayment(paymentOf());
  await desk.payments.refundPayment({ refundId: uuidv7(), paymentId, amountMinor: 90, reason: 'AM04' });
  return paymentId;
}

test('what waits for people is found by its reason, counted in the metrics, and gone when somebody resolves it', async () => {
  const paid = await desk.payments.processPayment(paymentOf());
  const short = paymentOf({ message: 'SHORT' });
  await desk.begin(short);
  await desk.settled();
  const refused = await declined();
  expect((await inReview('any')).toSorted()).toEqual([short.paymentId, refused].toSorted());
  expect(await inReview('REFUND_DECLINED')).toEqual([refused]);
  expect(await inReview('OVERDUE')).toEqual([]);
  const shown = await desk.hub.call('GET', '/payments?review=whatever');
  expect(shown.body.code).toBe('REQUEST_INVALID');
  expect(await gauge()).toEqual({ AMOUNT_MISMATCH: 1, REFUND_DECLINED: 1 });

  const note = { note: 'Given back in cash' };
  const resolve = (id: string, body: object) => desk.hub.call('POST', `/payments/${id}/review/resolve`, body);
  expect((await resolve(refused, {})).body.code).toBe('REQUEST_INVALID');
  expect((await resolve(refused, { note: 'a\0' })).body.code).toBe('REQUEST_INVALID');
  expect((await resolve(uuidv7(), note)).body.code).toBe('PAYMENT_NOT_FOUND');
  expect((await resolve(refused, note)).body).toMatchObject({ status: 'processed', review: null });
  expect((await resolve(refused, note)).body).toMatchObject({ review: null });
  expect((await resolve(paid.paymentId, note)).body).toMatchObject({ review: null });
  expect(await inReview('any')).toEqual([short.paymentId]);
  const audit = await sql.rows(template`
    SELECT by, change FROM payment.audit WHERE action = 'payment.resolve-review'`);
  expect(audit).toEqual([
    { by: 'user:anna', change: { note: 'Given back in cash', reviews: ['REFUND_DECLINED'] } },
  ]);
});

test('a refund that has been open for too long shows with its payment, and is resolved with it', async () => {
  const { paymentId } = await desk.payments.processPayment(paymentOf());
  const refund = { refundId: uuidv7(), paymentId, amountMinor: 1_990, reason: 'LATE' };
  await desk.refund(refund);
  await desk.settled();
  await desk.pass(2 * HOUR_MS);
  expect(await inReview('OVERDUE')).toContain(paymentId);
  await desk.hub.call('POST', `/payments/${paymentId}/review/resolve`, { note: 'The bank is asked' });
  expect(await inReview('OVERDUE')).not.toContain(paymentId);
  bank.decide(refund.refundId, 'PAID');
  await desk.settled();
  expect(await desk.status({ paymentId })).toBe('refunded');
});
