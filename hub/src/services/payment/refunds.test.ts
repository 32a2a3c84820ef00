import type { Payment } from '@butik/proto/gen/butik/payment/v1/payment';
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

const MINUTE_MS = 60_000;

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

async function paid(): Promise<Payment> {
  const payment = await desk.payments.processPayment(paymentOf());
  expect(payment.status).toBe('processed');
  return payment;
}
const refundOf = ({ paymentId }: Payment, amountMinor: number, reason = 'Trasig') => ({
  refundId: uuidv7(),
  paymentId,
  amountMinor,
  reason,
});

test('cancelled before it is asked for: a request that comes later charges nothing', async () => {
  const request = paymentOf();
  expect(await desk.cancel(request)).toMatchObject({ status: 'cancelled' });
  expect(await desk.payments.processPayment(request)).toMatchObject({ status: 'cancelled' });
  expect(bank.find(request.paymentId)).toBeUndefined();
  expect(await desk.told(request.paymentId)).toEqual([]);
});

test('cancelled while the customer hesitates: it ends at the bank, and nothing is charged', async () => {
  const request = paymentOf({ message: 'LATE' });
  await desk.begin(request);
  await desk.settled();
  await desk.cancel(request);
  await desk.settled();
  expect(await desk.status(request)).toBe('cancelled');
  expect(bank.find(request.paymentId)!.status).toBe('CANCELLED');
  expect(await desk.told(request.paymentId)).toEqual(['PaymentFailed']);
  expect(desk.hub.events.at(-1)!.data).toMatchObject({ reason: 'gave up' });
});

test('cancelled while the bank has not answered: the customer had paid, so the money goes back', async () => {
  const request = paymentOf({ message: 'HOLD' });
  await desk.begin(request);
  await expect.poll(() => bank.held()).toBe(1);
  expect(await desk.cancel(request)).toMatchObject({ status: 'pending' });
  bank.release();
  await desk.settled();
  expect(await desk.status(request)).toBe('refunded');
  expect(await desk.net(request.paymentId)).toBe(0);
  expect(await desk.told(request.paymentId)).toEqual(['PaymentProcessed', 'RefundProcessed']);
});

test('cancelled in the moment in which the customer pays: whoever is first, nothing is kept', async () => {
  const request = paymentOf({ message: 'LATE' });
  await desk.begin(request);
  await desk.settled();
  bank.decide(request.paymentId, 'PAID');
  await desk.cancel(request);
  await desk.settled();
  await desk.pass(MINUTE_MS);
  expect(await desk.status(request)).toBe('refunded');
  expect(await desk.net(request.paymentId)).toBe(0);
});

test('cancelled after it was paid: all of it goes back, once, however often it is asked', async () => {
  const payment = await paid();
  const cancel = { paymentId: payment.paymentId, orderId: payment.orderId, reason: 'Slut' };
  const answers = await Promise.all([
    desk.payments.cancelPayment(cancel),
    desk.payments.cancelPayment(cancel),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(['refunded', 'refunded']);
  expect(await desk.payments.cancelPayment(cancel)).toMatchObject({ status: 'refunded' });
  expect(await desk.net(payment.paymentId)).toBe(0);
  expect(await desk.told(payment.paymentId)).toEqual(['PaymentProcessed', 'RefundProcessed']);
});

test('cancelled after a request that never arrived: certain only when it cannot be on its way any more', async () => {
  bank.behave({ kind: 'lost' });
  const request = paymentOf({ message: 'LATE' });
  bank.cut(true);
  await desk.begin(request);
  await desk.settled();
  bank.cut(false);
  bank.behave({ kind: 'pay' });
  await desk.cancel(request);
  await desk.settled();
  expect(await desk.status(request)).toBe('pending');
  await desk.pass(2 * MINUTE_MS);
  expect(await desk.status(request)).toBe('cancelled');
  expect(bank.find(request.paymentId)).toBeUndefined();
  await paid();
});

test('a cancel is never refused for its text: what no store keeps is left out, what is too long is cut', async () => {
  const payment = await paid();
  const { paymentId, orderId } = payment;
  const reason = `Slut\u0000\ud83d${'x'.repeat(300)}`;
  expect(await desk.payments.cancelPayment({ paymentId, orderId, reason })).toMatchObject({
    status: 'refunded',
  });
  const [row] = await sql.rows(template`
    SELECT cancel_reason AS "cancelReason" FROM payment.payments WHERE id = ${paymentId}`);
  expect(row).toEqual({ cancelReason: `Slut \ufffd${'x'.repeat(194)}` });
});

test('a payment of another order cannot be cancelled', async () => {
  const { paymentId } = await paid();
  const cancel = desk.payments.cancelPayment({ paymentId, orderId: uuidv7(), reason: '' });
  await expect(cancel).rejects.toMatchObject({ code: 'PAYMENT_CONFLICT' });
  expect(await desk.status({ paymentId })).toBe('processed');
});

test('money is given back in parts, and never more than was paid', async () => {
  const payment = await paid();
  expect(await desk.payments.refundPayment(refundOf(payment, 990))).toMatchObject({
    status: 'processed',
    amountMinor: 990,
    currency: 'SEK',
  });
  expect(await desk.payments.getPayment(payment)).toMatchObject({ status: 'processed', refundedMinor: 990 });
  await expect(desk.payments.refundPayment(refundOf(payment, 1_001))).rejects.toMatchObject({
    code: 'REFUND_EXCEEDS_PAYMENT',
    details: { refundableMinor: 1_000 },
  });
  await desk.payments.refundPayment(refundOf(payment, 1_000));
  expect(await desk.payments.getPayment(payment)).toMatchObject({ status: 'refunded', refundedMinor: 1_990 });
  expect(await desk.net(payment.paymentId)).toBe(0);
  const { body } = await desk.hub.call('GET', `/payments/${payment.paymentId}`);
  expect(body.refunds.map(({ amountMinor }: { amountMinor: number }) => amountMinor)).toEqual([990, 1_000]);
});

test('refunds that race give back no more than was paid', async () => {
  const payment = await paid();
  const races = await Promise.allSettled(
    Array.from({ length: 6 }, () => desk.payments.refundPayment(refundOf(payment, 600))),
  );
  expect(races.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  expect(await desk.net(payment.paymentId)).toBe(190);
});

test('the same refund again is the same refund; with another amount it is refused', async () => {
  const payment = await paid();
  const refund = refundOf(payment, 500);
  const both = await Promise.all([desk.payments.refundPayment(refund), desk.payments.refundPayment(refund)]);
  expect(both[0]).toEqual(both[1]);
  expect(await desk.net(payment.paymentId)).toBe(1_490);
  await expect(desk.payments.refundPayment({ ...refund, amountMinor: 501 })).rejects.toMatchObject({
    code: 'PAYMENT_CONFLICT',
  });
  const other = await paid();
  await expect(desk.payments.refundPayment({ ...refund, paymentId: other.paymentId })).rejects.toMatchObject({
    code: 'PAYMENT_CONFLICT',
  });
});

test('the answer to a refund is lost: it is looked up, and the money goes back once', async () => {
  const payment = await paid();
  const refund = refundOf(payment, 700, 'NEVER');
  expect(await desk.payments.refundPayment(refund)).toMatchObject({ status: 'processed' });
  expect(bank.ledger.movedFor(refund.refundId)).toEqual({ times: 1, amountMinor: 700 });
  expect(await desk.net(payment.paymentId)).toBe(1_290);
});

test('a refund that the bank takes its time with is pending, and counts as given until it is refused', async () => {
  const payment = await paid();
  const late = refundOf(payment, 1_500, 'LATE5');
  await desk.refund(late);
  await desk.settled();
  expect(await desk.refund(late)).toMatchObject({ status: 'pending' });
  await expect(desk.payments.refundPayment(refundOf(payment, 500))).rejects.toMatchObject({
    details: { refundableMinor: 490 },
  });
  for (let minute = 0; minute < 3; minute++) await desk.pass(MINUTE_MS);
  expect(await desk.payments.refundPayment(late)).toMatchObject({ status: 'processed' });
});

test('a refund that the bank refuses has failed, people are told, and another one may be tried', async () => {
  const payment = await paid();
  expect(await desk.payments.refundPayment(refundOf(payment, 1_990, 'AM04'))).toMatchObject({
    status: 'failed',
    failureCode: 'AM04',
  });
  const { body } = await desk.hub.call('GET', `/payments/${payment.paymentId}`);
  expect(body).toMatchObject({ status: 'processed', review: 'REFUND_DECLINED' });
  await desk.payments.refundPayment(refundOf(payment, 1_990));
  expect(await desk.status(payment)).toBe('refunded');
});

test('the bank refuses the refund of a cancelled payment: it is asked once, however often the order cancels', async () => {
  const payment = await paid();
  const { paymentId, orderId } = payment;
  const cancel = { paymentId, orderId, reason: 'Slut' };
  bank.behave({ kind: 'refuse', code: 'AM04' });
  const asked = bank.requests.get('PUT refunds') ?? 0;
  for (let attempt = 0; attempt < 5; attempt++) {
    expect(await desk.payments.cancelPayment(cancel)).toMatchObject({ status: 'processed' });
    await desk.pass(MINUTE_MS);
  }
  expect(bank.requests.get('PUT refunds')).toBe(asked + 1);
  const { body } = await desk.hub.call('GET', `/payments/${paymentId}`);
  expect(body).toMatchObject({ review: 'REFUND_DECLINED', refunds: [{ status: 'failed' }] });
  const key = { 'idempotency-key': uuidv7() };
  const again = { amountMinor: 1_990, reason: 'Slut' };
  const byPerson = await desk.hub.call('POST', `/payments/${paymentId}/refund`, again, key);
  expect(byPerson.body).toMatchObject({ status: 'processed' });
  expect(await desk.payments.cancelPayment(cancel)).toMatchObject({ status: 'refunded' });
});

test('by HTTP a refund needs an idempotency key, which is its id for ever', async () => {
  const { paymentId } = await paid();
  const url = `/v1/payments/${paymentId}/refund`;
  const refund = { amountMinor: 90, reason: 'Trasig' };
  expect((await desk.hub.call('POST', url, refund)).body.code).toBe('IDEMPOTENCY_KEY_MISSING');
  const key = { 'idempotency-key': uuidv7() };
  const first = await desk.hub.call('POST', url, refund, key);
  expect(first.body).toMatchObject({ refundId: key['idempotency-key'], status: 'processed' });
  expect((await desk.hub.call('POST', url, refund, key)).body).toEqual(first.body);
  expect(await desk.net(paymentId)).toBe(1_900);
  expect((await desk.hub.call('POST', `/payments/${uuidv7()}/refund`, refund, key)).body.code).toBe(
    'PAYMENT_NOT_FOUND',
  );
});
