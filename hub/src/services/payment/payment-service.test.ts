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
const DAY_MS = 24 * 60 * MINUTE_MS;

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

/** What the bank has taken for a payment, and how often. */
const charged = (paymentId: string) => bank.ledger.movedFor(paymentId);
const ONCE = { times: 1, amountMinor: 1_990 };
const NEVER = { times: 0, amountMinor: 0 };

test('a customer who pays at once has paid when the call returns; books, bank and event agree', async () => {
  const request = paymentOf();
  const payment = await desk.payments.processPayment(request);
  expect(payment).toMatchObject({
    paymentId: request.paymentId,
    orderId: request.orderId,
    status: 'processed',
    amountMinor: 1_990,
    currency: 'SEK',
    method: 'swish',
    gateway: 'swish',
    gatewayTransactionId: bank.find(request.paymentId)!.paymentReference,
  });
  expect(charged(request.paymentId)).toEqual(ONCE);
  expect(await desk.net(request.paymentId)).toBe(1_990);
  expect(await desk.booked(`sales:${request.shopId}`)).toBe(-1_990);
  expect(await desk.told(request.paymentId)).toEqual(['PaymentProcessed']);
});

test('the same request again is the same payment, whenever it comes', async () => {
  const request = paymentOf();
  const [one, two] = await Promise.all([
    desk.payments.processPayment(request),
    desk.payments.processPayment(request),
  ]);
  expect(one).toEqual(two);
  await desk.pass(10 * DAY_MS);
  expect(await desk.payments.processPayment(request)).toEqual(one);
  expect(charged(request.paymentId)).toEqual(ONCE);
  expect(await desk.told(request.paymentId)).toEqual(['PaymentProcessed']);
});

test('the id of a payment with other content is refused', async () => {
  const request = paymentOf();
  await desk.payments.processPayment(request);
  for (const change of [{ amountMinor: 1_991 }, { payer: '46700000000' }, { orderId: uuidv7() }]) {
    await expect(desk.payments.processPayment({ ...request, ...change })).rejects.toMatchObject({
      code: 'PAYMENT_CONFLICT',
      kind: 'conflict',
    });
  }
});

test('a customer who declines has not paid, and it is said why', async () => {
  const request = paymentOf({ message: 'DECLINE' });
  expect(await desk.payments.processPayment(request)).toMatchObject({
    status: 'failed',
    failureCode: 'DECLINED',
  });
  expect(await desk.told(request.paymentId)).toEqual(['PaymentFailed']);
  expect(desk.hub.events.at(-1)!.data).toMatchObject({ reason: 'DECLINED', orderId: request.orderId });
  expect(await desk.net(request.paymentId)).toBe(0);
});

test('what the bank refuses at once or in the end is failed with the bank’s own code', async () => {
  for (const message of ['RP06', 'ACMT03', 'RF07', 'BANKIDCL', 'TM01']) {
    expect(await desk.payments.processPayment(paymentOf({ message }))).toMatchObject({
      status: 'failed',
      failureCode: message,
    });
  }
});

test('a customer who takes their time: pending, and the bank’s callback tells when it is paid', async () => {
  const request = paymentOf({ message: 'LATE' });
  await desk.begin(request);
  await desk.settled();
  expect(await desk.status(request)).toBe('pending');
  bank.decide(request.paymentId, 'PAID');
  await desk.settled();
  expect(await desk.status(request)).toBe('processed');
  expect(await desk.told(request.paymentId)).toEqual(['PaymentProcessed']);
});

test('a payment whose callback never comes is looked up, less often each time', async () => {
  const request = paymentOf({ message: 'LATE4' });
  await desk.begin(request);
  await desk.settled();
  await desk.pass(1_000);
  await desk.pass(500);
  expect(await desk.status(request)).toBe('pending');
  expect(bank.find(request.paymentId)!.looks).toBe(2);
  await desk.pass(2_000);
  await desk.pass(10_000);
  expect(await desk.status(request)).toBe('processed');
});

test('a bank that says it twice has charged once', async () => {
  const request = paymentOf({ message: 'TWICE' });
  await desk.payments.processPayment(request);
  await desk.settled();
  expect(await desk.status(request)).toBe('processed');
  expect(await desk.told(request.paymentId)).toEqual(['PaymentProcessed']);
  expect(await desk.net(request.paymentId)).toBe(1_990);
});

test('the answer is lost after the charge: it is looked up, not sent again', async () => {
  const request = paymentOf({ message: 'NEVER' });
  const puts = bank.requests.get('PUT paymentrequests');
  expect(await desk.payments.processPayment(request)).toMatchObject({ status: 'processed' });
  expect(bank.requests.get('PUT paymentrequests')).toBe(puts! + 1);
  expect(charged(request.paymentId)).toEqual(ONCE);
});

test('the request is lost before it arrives: it is sent again with the same id', async () => {
  bank.behave({ kind: 'lost' });
  const request = paymentOf();
  expect(await desk.payments.processPayment(request)).toMatchObject({ status: 'processed' });
  expect(charged(request.paymentId)).toEqual(ONCE);
});

test('a bank that answers late: the caller hears pending in time, the customer is charged once', async () => {
  const request = paymentOf({ message: 'HOLD' });
  await desk.begin(request);
  await expect.poll(() => bank.held()).toBe(1);
  expect(await desk.status(request)).toBe('pending');
  bank.release();
  await desk.settled();
  expect(await desk.status(request)).toBe('processed');
  expect(charged(request.paymentId)).toEqual(ONCE);
});

test('a bank that is away: pending until it is back, and then paid once', async () => {
  bank.cut(true);
  const request = paymentOf();
  await desk.begin(request);
  await desk.settled();
  expect(await desk.status(request)).toBe('pending');
  bank.cut(false);
  await desk.pass(MINUTE_MS);
  expect(await desk.status(request)).toBe('processed');
  expect(charged(request.paymentId)).toEqual(ONCE);
});

test('jobs that are lost with their engine are made up for by the sweep', async () => {
  const request = paymentOf({ message: 'LATE2' });
  await desk.begin(request);
  await desk.settled();
  await desk.passWithoutJobs(MINUTE_MS);
  expect(await desk.status(request)).toBe('processed');
});

test('a payment that is not paid in a quarter of an hour is cancelled at the bank', async () => {
  const request = paymentOf({ message: 'LATE' });
  await desk.begin(request);
  await desk.settled();
  await desk.pass(15 * MINUTE_MS);
  expect(await desk.status(request)).toBe('cancelled');
  expect(bank.find(request.paymentId)!.status).toBe('CANCELLED');
  expect(await desk.told(request.paymentId)).toEqual(['PaymentFailed']);
  expect(desk.hub.events.at(-1)!.data).toMatchObject({ reason: 'EXPIRED' });
});

test('a gateway that may have forgotten is not asked to charge again: people are told', async () => {
  bank.cut(true);
  const request = paymentOf({ message: 'NEVER' });
  await desk.begin(request);
  await desk.settled();
  await desk.pass(DAY_MS);
  bank.cut(false);
  await desk.pass(60 * MINUTE_MS);
  expect(await desk.status(request)).toBe('pending');
  expect(charged(request.paymentId)).toEqual(NEVER);
  const { body } = await desk.hub.call('GET', `/payments/${request.paymentId}`);
  expect(body.review).not.toBeNull();
});

test('a bank that loses its ids is not sent the payment again once it may have forgotten it', async () => {
  const request = paymentOf({ message: 'LATE' });
  await desk.begin(request);
  await desk.settled();
  bank.cut(true);
  await desk.pass(DAY_MS);
  bank.cut(false);
  bank.forget(request.paymentId);
  for (let hour = 0; hour < 3; hour++) await desk.pass(60 * MINUTE_MS);
  expect(await desk.status(request)).toBe('pending');
  expect(bank.find(request.paymentId)).toBeUndefined();
});

test('paid is believed only with our amount: anything else stays open for people', async () => {
  const request = paymentOf({ message: 'SHORT' });
  await desk.begin(request);
  await desk.settled();
  expect(await desk.hub.call('GET', `/payments/${request.paymentId}`)).toMatchObject({
    body: { status: 'pending', review: 'AMOUNT_MISMATCH' },
  });
  expect(await desk.net(request.paymentId)).toBe(0);
  expect(await desk.told(request.paymentId)).toEqual([]);
});

test('a bank that does not know itself (DS24) is asked until it does', async () => {
  const request = paymentOf({ message: 'DS24' });
  await desk.begin(request);
  await desk.settled();
  expect(await desk.status(request)).toBe('pending');
  bank.decide(request.paymentId, 'PAID');
  await desk.settled();
  expect(await desk.status(request)).toBe('processed');
});

test('a callback that nobody of the bank’s has sent changes nothing', async () => {
  const request = paymentOf({ message: 'LATE' });
  await desk.begin(request);
  await desk.settled();
  const id = request.paymentId.replaceAll('-', '').toUpperCase();
  for (const body of [{ id, status: 'PAID', amount: 19.9 }, { id: 7 }, {}, [], 'PAID']) {
    const answer = await desk.hub.http.inject({
      method: 'POST',
      url: '/v1/payments/callbacks/swish',
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify(body),
    });
    expect(answer.statusCode).toBe(204);
  }
  await desk.settled();
  expect(await desk.status(request)).toBe('pending');
  const large = await desk.hub.http.inject({
    method: 'POST',
    url: '/v1/payments/callbacks/swish',
    payload: { id: 'x'.repeat(70_000) },
  });
  expect(large.json()).toMatchObject({ code: 'BODY_TOO_LARGE' });
  bank.decide(request.paymentId, 'DECLINED');
  await desk.settled();
  expect(await desk.status(request)).toBe('failed');
});

test('killed between the commit and the call: another process takes it over and charges once', async () => {
  const reached = Promise.withResolvers<void>();
  const dying = await openPaymentDesk({
    sql,
    bank,
    guardOf: () => ({
      run() {
        reached.resolve();
        return new Promise(() => undefined);
      },
    }),
  });
  dying.hub.clock.nowMs = desk.hub.clock.nowMs;
  const request = paymentOf();
  await dying.begin(request);
  await reached.promise;
  await desk.pass(MINUTE_MS);
  expect(await desk.status(request)).toBe('processed');
  expect(charged(request.paymentId)).toEqual(ONCE);
  await dying.close();
  expect(await desk.status(request)).toBe('processed');
  expect(await desk.net(request.paymentId)).toBe(1_990);
});

test('a process that slept through its lease and sends after all: the payment stays ended, people are told', async () => {
  const reached = Promise.withResolvers<void>();
  const awake = Promise.withResolvers<void>();
  const sleeping = await openPaymentDesk({
    sql,
    bank,
    guardOf: () => ({
      async run(call, { signal = new AbortController().signal } = {}) {
        reached.resolve();
        await awake.promise;
        return await call(signal);
      },
    }),
  });
  sleeping.hub.clock.nowMs = desk.hub.clock.nowMs;
  const request = paymentOf({ message: 'LATE' });
  await sleeping.begin(request);
  await reached.promise;
  await desk.cancel(request);
  await desk.pass(3 * MINUTE_MS);
  expect(await desk.status(request)).toBe('cancelled');
  awake.resolve();
  await sleeping.settled();
  const review = await desk.hub.call('GET', `/payments/${request.paymentId}`);
  expect(review.body).toMatchObject({ status: 'cancelled', review: 'SENT_AFTER_END' });
  expect(await desk.told(request.paymentId)).toEqual(['PaymentFailed']);
  await sleeping.close();
});

test('a bank that says paid of a payment that had ended is heard, and people are told', async () => {
  const request = paymentOf({ message: 'RF07' });
  await desk.payments.processPayment(request);
  bank.forget(request.paymentId);
  const swish = bank.url.concat('/swish-cpcapi/api/v2/paymentrequests/');
  const id = request.paymentId.replaceAll('-', '').toUpperCase();
  await fetch(swish + id, {
    method: 'PUT',
    body: JSON.stringify({
      payeeAlias: '1231181189',
      payerAlias: '46701234567',
      amount: '19.90',
      currency: 'SEK',
      callbackUrl: 'https://no-callback.invalid/',
    }),
  });
  await desk.hub.http.inject({ method: 'POST', url: '/payments/callbacks/swish', payload: { id } });
  await desk.settled();
  const { body } = await desk.hub.call('GET', `/payments/${request.paymentId}`);
  expect(body).toMatchObject({ status: 'failed', review: 'PAID_AFTER_END' });
});

test('two processes that settle one payment at once book it once', async () => {
  const other = await openPaymentDesk({ sql, bank });
  const requests = Array.from({ length: 5 }, () => paymentOf({ message: 'LATE' }));
  for (const request of requests) await desk.begin(request);
  await desk.settled();
  for (const { paymentId } of requests) bank.decide(paymentId, 'PAID');
  other.hub.clock.nowMs = desk.hub.clock.nowMs;
  await Promise.all([desk.pass(MINUTE_MS), other.pass(MINUTE_MS)]);
  for (const request of requests) {
    expect(await desk.status(request)).toBe('processed');
    expect(await desk.net(request.paymentId)).toBe(1_990);
  }
  await other.close();
});

test('who paid is forgotten when the outcome is certain, and no log of a call ever knew', async () => {
  const request = paymentOf({ payer: '46709999999' });
  await desk.payments.processPayment(request);
  for (const table of ['payments', 'gateway_calls', 'audit', 'outbox']) {
    const rows = await sql.rows(
      template`SELECT to_jsonb(one)::text AS text FROM payment.${template.identifier(table)} AS one`,
    );
    expect(JSON.stringify(rows)).not.toContain('46709999999');
  }
});

test('every call to the gateway is on record with its outcome', async () => {
  const request = paymentOf({ message: 'NEVER' });
  await desk.payments.processPayment(request);
  const calls = await sql.rows(template`
    SELECT operation, outcome FROM payment.gateway_calls WHERE payment_id = ${request.paymentId}
    ORDER BY begun_at, id`);
  expect(calls).toEqual([
    { operation: 'pay', outcome: 'lost' },
    { operation: 'find-payment', outcome: 'paid' },
  ]);
});

test('nobody can pay in a way that no gateway serves, and a bad request names its fields', async () => {
  await expect(desk.payments.processPayment(paymentOf({ method: 'shells' }))).rejects.toMatchObject({
    code: 'PAYMENT_METHOD_UNAVAILABLE',
    details: { methods: ['swish'] },
  });
  await expect(
    desk.payments.processPayment(paymentOf({ amountMinor: 0, currency: 'XXX' })),
  ).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    details: { fields: [{ path: 'amountMinor' }, { path: 'currency' }] },
  });
});

test('text with control characters, which no store keeps, is refused before anything is written', async () => {
  const { paymentId } = await desk.payments.processPayment(paymentOf());
  const asks: [string, object, string][] = [
    ...['userId', 'payer', 'message'].map((field): [string, object, string] => [
      '/payments/process',
      paymentOf({ [field]: '4670\u0000' }),
      field,
    ]),
    [`/payments/${paymentId}/refund`, { amountMinor: 1, reason: 'a\u0007b' }, 'reason'],
    [
      '/payments/reconcile',
      { items: [{ transactionId: 'A\u0000', amountMinor: 1, currency: 'SEK' }] },
      'items.0.transactionId',
    ],
    ['/payments/reconcile', { gateway: 'swish\n', items: [] }, 'gateway'],
  ];
  for (const [url, payload, path] of asks) {
    const { body } = await desk.hub.call('POST', url, payload, { 'idempotency-key': uuidv7() });
    expect(body).toMatchObject({ code: 'REQUEST_INVALID' });
    expect(JSON.stringify(body.details)).toContain(path.split('.').at(-1));
  }
  await expect(desk.payments.processPayment(paymentOf({ message: '\0' }))).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
  });
});

test('an id in capitals is the same payment', async () => {
  const request = paymentOf();
  const upper = {
    ...request,
    paymentId: request.paymentId.toUpperCase(),
    orderId: request.orderId.toUpperCase(),
    shopId: request.shopId.toUpperCase(),
  };
  const payment = await desk.payments.processPayment(request);
  expect(await desk.payments.processPayment(upper)).toEqual(payment);
  expect(await desk.payments.getPayment({ paymentId: upper.paymentId })).toEqual(payment);
  expect(charged(request.paymentId)).toEqual(ONCE);
  const { paymentId, orderId } = upper;
  const refund = { refundId: uuidv7().toUpperCase(), paymentId, amountMinor: 1_990, reason: '' };
  const refunded = await desk.payments.refundPayment(refund);
  const lower = { ...refund, refundId: refund.refundId.toLowerCase(), paymentId: request.paymentId };
  expect(await desk.payments.refundPayment(lower)).toEqual(refunded);
  expect(await desk.payments.cancelPayment({ paymentId, orderId, reason: '' })).toMatchObject({
    status: 'refunded',
  });
});

test('head office pays, reads and lists by HTTP, page by page and filtered', async () => {
  const shopId = uuidv7();
  for (const message of ['', '', 'DECLINE']) {
    const { status } = await desk.hub.call('POST', '/payments/process', paymentOf({ shopId, message }));
    expect(status).toBe(200);
    desk.hub.clock.nowMs += 1_000;
  }
  const first = await desk.hub.call('GET', `/v1/payments?shopId=${shopId}&limit=2`);
  expect(first.body.items.map(({ status }: { status: string }) => status)).toEqual(['failed', 'processed']);
  const second = await desk.hub.call(
    'GET',
    `/v1/payments?shopId=${shopId}&limit=2&cursor=${first.body.next}`,
  );
  expect(second.body).toMatchObject({ items: [{ status: 'processed', shopId }], next: null });
  const failed = await desk.hub.call('GET', `/v1/payments?shopId=${shopId}&status=failed`);
  expect(failed.body.items).toHaveLength(1);
  const foreign = await desk.hub.call('GET', `/v1/payments?limit=2&cursor=${first.body.next}`);
  expect(foreign.body.code).toBe('REQUEST_INVALID');
  expect((await desk.hub.call('GET', `/v1/payments/${uuidv7()}`)).body.code).toBe('PAYMENT_NOT_FOUND');
});

test('money of which nobody knows yet where it is shows in the metrics, and for how long', async () => {
  const metric = async (name: string) => {
    const { values } = await desk.hub.kernel.metrics.getSingleMetric(name)!.get();
    return values.find(({ labels }) => labels.gateway === 'swish' && labels.kind === 'payment')?.value ?? 0;
  };
  const request = paymentOf({ message: 'LATE' });
  await desk.begin(request);
  desk.hub.clock.nowMs += MINUTE_MS;
  const [pending] = await sql.rows<{ open: number }>(template`
    SELECT count(*) AS open FROM payment.payments WHERE status = 'pending'`);
  expect(await metric('butik_payments_open')).toBe(pending!.open);
  expect(pending!.open).toBeGreaterThan(0);
  expect(await metric('butik_payments_open_oldest_seconds')).toBeGreaterThanOrEqual(60);
  await desk.cancel(request);
  await desk.settled();
});
