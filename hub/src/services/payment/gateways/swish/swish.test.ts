import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Guard } from '../../../../kernel/resilience/guard.ts';
import type { PaymentGateway, PaymentOrder } from '../gateway.ts';
import { createSwishGateway } from './create-swish-gateway.ts';
import { type SwishSimulator, startSwishSimulator } from './simulator/start-swish-simulator.ts';
import { toSwishId } from './swish-id.ts';

const signal = new AbortController().signal;
const guard: Guard = { run: (call) => call(signal) };
const payee = '1231181189';

let bank: SwishSimulator;
let swish: PaymentGateway;
let logged: unknown[] = [];
let strange: Server | undefined;
beforeAll(async () => {
  bank = await startSwishSimulator();
  swish = gatewayTo(bank.url);
});
afterEach(async () => {
  logged = [];
  strange?.closeAllConnections();
  await new Promise<void>((resolve) => (strange ? strange.close(() => resolve()) : resolve()));
  strange = undefined;
});
afterAll(() => bank?.close());

function gatewayTo(url: string): PaymentGateway {
  return createSwishGateway({
    url,
    payee,
    guard,
    logger: { error: (...line: unknown[]) => logged.push(line) },
  });
}

function order(changes: Partial<PaymentOrder> = {}): PaymentOrder {
  return {
    paymentId: uuidv7(),
    orderId: uuidv7(),
    amountMinor: 1_990,
    currency: 'SEK',
    payer: '46701234567',
    message: 'Mjölk & bröd',
    ...changes,
  };
}

/** A server that answers everything alike. */
async function strangeBank(status: number, body: string): Promise<PaymentGateway> {
  strange = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => strange!.listen(0, '127.0.0.1', resolve));
  return gatewayTo(`http://127.0.0.1:${(strange.address() as AddressInfo).port}`);
}

test('a payment is asked for in Swish’s own form', async () => {
  const asked = order({ payer: '070-123 45 67', amountMinor: 5 });
  expect(await swish.pay(asked, signal)).toEqual({ kind: 'open' });
  expect(bank.find(asked.paymentId)).toMatchObject({
    id: toSwishId(asked.paymentId),
    payer: '46701234567',
    payee,
    amountMinor: 5,
    currency: 'SEK',
    message: 'Mjölk   bröd',
    reference: asked.orderId.replaceAll('-', ''),
  });
});

test('what was paid comes back in öre, with the bank’s own reference', async () => {
  for (const amountMinor of [1, 10, 1_990, 100_000, 123_456_789]) {
    const asked = order({ amountMinor });
    await swish.pay(asked, signal);
    expect(await swish.findPayment(asked.paymentId, signal)).toEqual({
      kind: 'paid',
      transactionId: bank.find(asked.paymentId)!.paymentReference,
      amountMinor,
      currency: 'SEK',
    });
  }
});

test('the same id again is neither charged nor refused', async () => {
  const asked = order();
  await swish.pay(asked, signal);
  expect(await swish.pay(asked, signal)).toEqual({ kind: 'open' });
  expect(bank.ledger.movedFor(asked.paymentId).times).toBe(1);
});

test('the bank refuses by its rules, and says by which', async () => {
  const refusals: [Partial<PaymentOrder>, string][] = [
    [{ payer: '123' }, 'BE18'],
    [{ currency: 'NOK' }, 'AM03'],
    [{ amountMinor: 0 }, 'AM06'],
    [{ amountMinor: 10 ** 15 }, 'PA02'],
  ];
  for (const [changes, reason] of refusals) {
    expect(await swish.pay(order(changes), signal)).toEqual({ kind: 'declined', reason });
  }
});

test('an open payment can be cancelled, a paid one stays paid, one never heard of is unknown', async () => {
  const late = order({ message: 'LATE' });
  await swish.pay(late, signal);
  expect(await swish.cancel(late.paymentId, signal)).toEqual({ kind: 'declined', reason: 'CANCELLED' });
  const paid = order();
  await swish.pay(paid, signal);
  expect(await swish.cancel(paid.paymentId, signal)).toMatchObject({ kind: 'paid' });
  expect(await swish.cancel(uuidv7(), signal)).toEqual({ kind: 'unknown' });
  expect(await swish.findPayment(uuidv7(), signal)).toEqual({ kind: 'unknown' });
  expect(await swish.findRefund(uuidv7(), signal)).toEqual({ kind: 'unknown' });
});

test('an outcome that the bank itself does not know (DS24) is open', async () => {
  const asked = order({ message: 'DS24' });
  await swish.pay(asked, signal);
  expect(await swish.findPayment(asked.paymentId, signal)).toEqual({ kind: 'open' });
  const refusing = await strangeBank(
    422,
    '[{"errorCode":"DS24","errorMessage":"","additionalInformation":""}]',
  );
  expect(await refusing.pay(order(), signal)).toEqual({ kind: 'open' });
});

test('a status that nobody has told us of is open', async () => {
  const odd = await strangeBank(200, '{"status":"VALIDATED"}');
  expect(await odd.findPayment(uuidv7(), signal)).toEqual({ kind: 'open' });
  expect(await odd.findRefund(uuidv7(), signal)).toEqual({ kind: 'open' });
});

test('what cannot be read, and what is our own fault, is never an outcome', async () => {
  const answers: [number, string][] = [
    [200, '<html>'],
    [200, '{"status":"PAID"}'],
    [200, `"${'x'.repeat(70_000)}"`],
    [500, '{}'],
    [429, '{}'],
    [401, ''],
  ];
  for (const [status, body] of answers) {
    const odd = await strangeBank(status, body);
    await expect(odd.findPayment(uuidv7(), signal)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    strange!.closeAllConnections();
    await new Promise((resolve) => strange!.close(resolve));
  }
  expect(JSON.stringify(logged)).toContain('certificate');
  const nobody = await strangeBank(404, '');
  await expect(nobody.pay(order(), signal)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
});

test('a refund gives back what was paid, and the bank refuses to give more', async () => {
  const asked = order();
  await swish.pay(asked, signal);
  const transactionId = bank.find(asked.paymentId)!.paymentReference!;
  const refund = { ...asked, refundId: uuidv7(), transactionId, amountMinor: 990, reason: 'Trasig' };
  expect(await swish.refund(refund, signal)).toEqual({ kind: 'open' });
  expect(await swish.findRefund(refund.refundId, signal)).toMatchObject({ kind: 'refunded' });
  expect(await swish.refund({ ...refund, refundId: uuidv7(), amountMinor: 1_001 }, signal)).toEqual({
    kind: 'declined',
    reason: 'RF08',
  });
  expect(await swish.refund({ ...refund, refundId: uuidv7(), transactionId: 'x' }, signal)).toEqual({
    kind: 'declined',
    reason: 'RF02',
  });
});

test('a callback says only which payment or refund it is about', () => {
  const paymentId = uuidv7();
  const id = toSwishId(paymentId);
  expect(swish.readCallback({ id, status: 'PAID' })).toEqual({ paymentId });
  expect(swish.readCallback({ id, originalPaymentReference: 'AB' })).toEqual({ refundId: paymentId });
  for (const body of [null, 7, {}, { id: paymentId }, { id: 'x' }])
    expect(swish.readCallback(body)).toBeNull();
});

test('the bank’s books are in balance', () => {
  expect(bank.ledger.balance(payee)).toBeGreaterThan(0);
  expect(bank.ledger.balance(payee) + bank.ledger.balance('46701234567')).toBe(0);
});
