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

const SEK = { amountMinor: 1_990, currency: 'SEK' };

test('a settlement list is compared with the books: what agrees, what is missing, unknown, unpaid, wrong', async () => {
  const [one, two, short, missing] = await Promise.all(
    Array.from({ length: 4 }, () => desk.payments.processPayment(paymentOf())),
  );
  const failed = await desk.payments.processPayment(paymentOf({ message: 'DECLINE' }));
  const stranger = uuidv7();
  const { status, body } = await desk.hub.call('POST', '/v1/payments/reconcile', {
    items: [
      { paymentId: one!.paymentId, ...SEK },
      { transactionId: two!.gatewayTransactionId, ...SEK },
      { transactionId: two!.gatewayTransactionId, ...SEK },
      { paymentId: short!.paymentId, ...SEK, amountMinor: 1_989 },
      { paymentId: failed.paymentId, ...SEK },
      { paymentId: stranger, ...SEK },
    ],
    from: '2026-11-22T00:00:00.000Z',
    to: '2026-11-23T00:00:00.000Z',
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    matched: 2,
    missing: [{ paymentId: missing!.paymentId, ...SEK }],
    unknown: [{ paymentId: stranger }],
    notPaid: [{ paymentId: failed.paymentId, status: 'failed' }],
    repeated: [{ transactionId: two!.gatewayTransactionId }],
    wrongAmount: [
      {
        paymentId: short!.paymentId,
        oursMinor: 1_990,
        oursCurrency: 'SEK',
        theirsMinor: 1_989,
        theirsCurrency: 'SEK',
      },
    ],
  });
  const kept = await sql.rows<{ result: object }>(
    template`SELECT result FROM payment.reconciliations WHERE id = ${body.reconciliationId}`,
  );
  expect(kept).toEqual([{ result: body }]);
});

test('a list without a time has nothing missing, and one without ids is refused', async () => {
  const empty = await desk.hub.call('POST', '/payments/reconcile', { items: [] });
  expect(empty.body).toMatchObject({ matched: 0, missing: [] });
  const bad = await desk.hub.call('POST', '/payments/reconcile', { items: [SEK] });
  expect(bad.body.code).toBe('REQUEST_INVALID');
});
