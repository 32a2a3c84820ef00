import { sql as template } from 'drizzle-orm';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sql } from '../../kernel/sql/sql.ts';
import { openTestSql } from '../../kernel/sql/testing/test-database.ts';
import {
  type SwishSimulator,
  startSwishSimulator,
} from './gateways/swish/simulator/start-swish-simulator.ts';
import { openPaymentDesk, type PaymentDesk, paymentOf } from './testing/open-payment-desk.ts';

const RUNS = 40;
const PAYMENTS = 3;
const MINUTE_MS = 60_000;
const PAYEE = '1231181189';

let sql: Sql;
let bank: SwishSimulator;
/** Two processes on one store. */
let desks: [PaymentDesk, PaymentDesk];
beforeAll(async () => {
  sql = await openTestSql();
  bank = await startSwishSimulator();
  desks = [await openPaymentDesk({ sql, bank }), await openPaymentDesk({ sql, bank })];
});
afterAll(async () => {
  for (const desk of desks ?? []) await desk.close();
  await bank?.close();
  await sql?.close();
});

const which = { desk: fc.nat({ max: 1 }), payment: fc.nat({ max: PAYMENTS - 1 }) };
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('process' as const), ...which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), ...which }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('refund' as const),
      ...which,
      refund: fc.nat({ max: 2 }),
      amountMinor: fc.integer({ min: 1, max: 1_990 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('callback' as const), ...which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('decide' as const), ...which, paid: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('settle' as const), ...which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), ...which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cut' as const), ...which, cut: fc.boolean() }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
const message = fc.constantFrom('', 'LATE', 'LATE2', 'DECLINE', 'TWICE', 'HOLD', 'NEVER', 'LOST', 'RF07');

let payer = 46_700_000_000;

test('whatever happens in whatever order: at last the bank’s books are ours, and nobody was charged twice', async () => {
  const stories = fc.record({
    messages: fc.array(message, { minLength: PAYMENTS, maxLength: PAYMENTS }),
    refundMessages: fc.array(message, { minLength: PAYMENTS, maxLength: PAYMENTS }),
    /** What is in one round happens at the same time. */
    rounds: fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 10 }),
  });
  await fc.assert(
    fc.asyncProperty(stories, async ({ messages, refundMessages, rounds }) => {
      const requests = messages.map((one) => paymentOf({ message: one, payer: String(++payer) }));
      const refunds = requests.map(() => [uuidv7(), uuidv7(), uuidv7()]);
      const play = async (one: Step): Promise<void> => {
        const desk = desks[one.desk]!;
        const request = requests[one.payment]!;
        if (one.do === 'process') await desk.begin(request);
        else if (one.do === 'cancel') await desk.cancel(request);
        else if (one.do === 'refund') {
          const refundId = refunds[one.payment]![one.refund]!;
          const refund = { refundId, paymentId: request.paymentId, amountMinor: one.amountMinor };
          // What is too much, or comes too early, is refused; that is as it should be.
          await desk.refund({ ...refund, reason: refundMessages[one.payment]! }).catch(() => undefined);
        } else if (one.do === 'callback') await callBack(desk, request.paymentId);
        else if (one.do === 'decide') bank.decide(request.paymentId, one.paid ? 'PAID' : 'DECLINED');
        else if (one.do === 'settle') await desk.pass(0);
        else if (one.do === 'release') bank.release();
        else bank.cut(one.cut);
      };
      for (const round of rounds) {
        // A look-up that hangs on a held answer must not hold the story up.
        await Promise.race([Promise.all(round.map(play)), heldFor(200)]);
      }
      await comeToRest(refunds.flat());
      for (const request of requests) await expectAgreement(request);
      expect(bank.ledger.balance(PAYEE)).toBe(await desks[0].booked('gateway:swish'));
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
}, 120_000);

async function callBack(desk: PaymentDesk, paymentId: string): Promise<void> {
  const id = paymentId.replaceAll('-', '').toUpperCase();
  await desk.hub.http.inject({
    method: 'POST',
    url: '/payments/callbacks/swish',
    payload: { id, status: 'PAID' },
  });
}

function heldFor(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

/** The bank is well again and decides everything; time goes by until nothing is open. */
async function comeToRest(refundIds: string[]): Promise<void> {
  bank.cut(false);
  const releasing = setInterval(() => bank.release(), 5);
  try {
    for (let look = 0; look < 20; look++) {
      for (const refundId of refundIds) bank.decide(refundId, 'PAID');
      // A request is never on its way for minutes: the clock waits for those that are.
      await Promise.all(desks.map((desk) => desk.settled()));
      await Promise.all(desks.map((desk) => desk.pass(2 * MINUTE_MS)));
      if ((await countOpen()) === 0) return;
    }
  } finally {
    clearInterval(releasing);
  }
  throw new Error('something stayed open');
}

async function countOpen(): Promise<number> {
  const [row] = await sql.rows<{ open: number }>(template`
      SELECT (SELECT count(*) FROM payment.payments WHERE status = 'pending')
        + (SELECT count(*) FROM payment.refunds WHERE status = 'pending') AS open`);
  return row!.open;
}

async function expectAgreement(request: { paymentId: string; payer: string }): Promise<void> {
  const { paymentId } = request;
  expect(bank.ledger.movedFor(paymentId).times).toBeLessThanOrEqual(1);
  const net = await desks[0].net(paymentId);
  expect(bank.ledger.balance(request.payer)).toBe(0 - net);
  const status = await desks[0].status(request).catch(() => 'never asked for');
  if (status !== 'processed') expect(net).toBe(0);
  if (status === 'processed') expect(net).toBeGreaterThan(0);
}
