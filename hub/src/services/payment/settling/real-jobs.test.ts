import { PaymentServiceDefinition } from '@butik/proto/gen/butik/payment/v1/payment';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Booted, bootServices } from '../../../testing/boot-services.ts';
import {
  type SwishSimulator,
  startSwishSimulator,
} from '../gateways/swish/simulator/start-swish-simulator.ts';
import { paymentService } from '../payment-service.ts';
import { paymentOf } from '../testing/open-payment-desk.ts';

let bank: SwishSimulator;
let hub: Booted;
beforeAll(async () => {
  bank = await startSwishSimulator();
  hub = await bootServices([paymentService], { config: { swishUrl: bank.url } });
});
afterAll(async () => {
  await hub?.close();
  await bank?.close();
});

test('without callbacks, on the hub’s own jobs and behind its guard, a late payment is looked up until it is paid', async () => {
  const payments = hub.client(PaymentServiceDefinition);
  const request = paymentOf({ message: 'LATE9' });
  expect(await payments.processPayment(request)).toMatchObject({ status: 'pending' });
  for (let minute = 0; minute < 8; minute++) {
    hub.clock.nowMs += 60_000;
    await hub.kernel.jobs.idle();
  }
  await hub.idle();
  expect(await payments.getPayment(request)).toMatchObject({ status: 'processed' });
  expect(hub.events.map(({ type }) => type)).toEqual(['PaymentProcessed']);
});
