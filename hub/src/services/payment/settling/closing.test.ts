import { PaymentServiceDefinition } from '@butik/proto/gen/butik/payment/v1/payment';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Guard } from '../../../kernel/resilience/guard.ts';
import { type Booted, bootServices } from '../../../testing/boot-services.ts';
import {
  type SwishSimulator,
  startSwishSimulator,
} from '../gateways/swish/simulator/start-swish-simulator.ts';
import { createPaymentService } from '../payment-service.ts';
import { paymentOf } from '../testing/open-payment-desk.ts';

let bank: SwishSimulator;
let hub: Booted;
let hangs = false;
const asked: Promise<unknown>[] = [];
const reached = Promise.withResolvers<void>();

/** Once it hangs, a call ends only when whoever made it gives up. */
const guard: Guard = {
  run: (call, { signal = new AbortController().signal } = {}) => {
    if (!hangs) return call(signal);
    const given = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    asked.push(given.catch((reason: unknown) => reason));
    reached.resolve();
    return given;
  },
};

beforeAll(async () => {
  bank = await startSwishSimulator();
  const service = createPaymentService({ guardOf: () => guard });
  hub = await bootServices([service], { config: { swishUrl: bank.url } });
});
afterAll(async () => {
  await hub?.close();
  await bank?.close();
});

test('a hub that closes while the bank does not answer gives the call up, and begins no other', async () => {
  const payments = hub.client(PaymentServiceDefinition);
  for (let customer = 0; customer < 3; customer++) {
    await payments.processPayment(paymentOf({ message: 'LATE' }));
  }
  await hub.idle();
  hangs = true;
  hub.clock.nowMs += 60_000;
  await reached.promise;
  // In this order a hub closes: its services only when no job runs any more.
  await hub.http.close();
  const begun = asked.length;
  await hub.kernel.jobs.close();
  const ends = await Promise.all(asked);
  expect(new Set(ends.map((end) => (end as { code: string }).code))).toEqual(new Set(['CANCELLED']));
  expect(asked).toHaveLength(begun);
});
