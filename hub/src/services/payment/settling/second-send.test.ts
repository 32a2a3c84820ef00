import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sql } from '../../../kernel/sql/sql.ts';
import { openTestSql } from '../../../kernel/sql/testing/test-database.ts';
import {
  type SwishSimulator,
  startSwishSimulator,
} from '../gateways/swish/simulator/start-swish-simulator.ts';
import { openPaymentDesk, type PaymentDesk, paymentOf } from '../testing/open-payment-desk.ts';

const MINUTE_MS = 60_000;
const ONCE = { times: 1, amountMinor: 1_990 };

let sql: Sql;
let bank: SwishSimulator;
let desk: PaymentDesk;
beforeAll(async () => {
  sql = await openTestSql();
  bank = await startSwishSimulator({ checksIdLast: true });
  desk = await openPaymentDesk({ sql, bank });
});
afterAll(async () => {
  await desk?.close();
  await bank?.close();
  await sql?.close();
});

test('the second request is refused and the first arrives after all: the customer has paid, once', async () => {
  bank.behave({ kind: 'delayed', until: 'told' });
  const request = paymentOf({ message: 'RP06' });
  await desk.begin(request);
  await desk.settled();
  expect(await desk.status(request)).toBe('pending');
  const puts = bank.requests.get('PUT paymentrequests');
  await desk.pass(MINUTE_MS);
  bank.arrive(request.paymentId);
  await desk.settled();
  expect(await desk.status(request)).toBe('processed');
  expect(bank.requests.get('PUT paymentrequests')).toBe(puts);
  expect(bank.ledger.movedFor(request.paymentId)).toEqual(ONCE);
  expect(await desk.told(request.paymentId)).toEqual(['PaymentProcessed']);
});

test('the first overtakes the second, which is refused before the bank sees its id: the customer has paid', async () => {
  bank.behave({ kind: 'delayed', until: 'repeated' });
  const request = paymentOf({ message: 'RP06' });
  expect(await desk.payments.processPayment(request)).toMatchObject({ status: 'processed' });
  expect(bank.ledger.movedFor(request.paymentId)).toEqual(ONCE);
});

test('the first never arrives: the refusal stands once nothing can be on its way any more', async () => {
  bank.behave({ kind: 'lost' });
  const request = paymentOf({ message: 'RP06' });
  await desk.begin(request);
  await desk.settled();
  await desk.pass(MINUTE_MS);
  expect(await desk.status(request)).toBe('pending');
  await desk.pass(MINUTE_MS);
  expect(await desk.payments.getPayment(request)).toMatchObject({ status: 'failed', failureCode: 'RP06' });
  expect(await desk.told(request.paymentId)).toEqual(['PaymentFailed']);
});

test('a refund whose first request overtakes the refused second one is given back, once', async () => {
  const payment = await desk.payments.processPayment(paymentOf());
  bank.behave({ kind: 'delayed', until: 'repeated' });
  const refund = { refundId: uuidv7(), paymentId: payment.paymentId, amountMinor: 1_990, reason: 'Trasig' };
  expect(await desk.payments.refundPayment(refund)).toMatchObject({ status: 'processed' });
  expect(bank.ledger.movedFor(refund.refundId)).toEqual(ONCE);
  expect(await desk.net(payment.paymentId)).toBe(0);
});

test('a refund whose first request never arrives has failed in the end, and people are told', async () => {
  const payment = await desk.payments.processPayment(paymentOf());
  bank.behave({ kind: 'lost' });
  const refund = { refundId: uuidv7(), paymentId: payment.paymentId, amountMinor: 1_990, reason: 'AM04' };
  await desk.refund(refund);
  await desk.settled();
  expect(await desk.refund(refund)).toMatchObject({ status: 'pending' });
  await desk.settled();
  await desk.pass(2 * MINUTE_MS);
  expect(await desk.refund(refund)).toMatchObject({ status: 'failed', failureCode: 'AM04' });
  const { body } = await desk.hub.call('GET', `/payments/${payment.paymentId}`);
  expect(body.review).toBe('REFUND_DECLINED');
});
