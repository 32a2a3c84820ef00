import { CHANNELS } from '@butik/proto/facts/define-fact';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { admit } from './admission.ts';

const admittedAt = (load: number) => CHANNELS.filter((channel) => admit(channel, load).admitted);

test('[U18] the higher the load, the fewer channels are let in, payments longest', () => {
  expect(admittedAt(0.99)).toEqual(CHANNELS);
  expect(admittedAt(1)).toEqual(['payments', 'orders', 'stock', 'operations']);
  expect(admittedAt(1.3)).toEqual(['payments', 'orders', 'stock']);
  expect(admittedAt(1.9)).toEqual(['payments', 'orders']);
  expect(admittedAt(3.9)).toEqual(['payments']);
  expect(admittedAt(4)).toEqual([]);
});

test('[U18] who is told to wait is told for how long, longer under more load and a minute at most', () => {
  expect(admit('telemetry', 1)).toEqual({ admitted: false, retryAfterS: 2 });
  expect(admit('orders', 2.5)).toEqual({ admitted: false, retryAfterS: 5 });
  expect(admit('payments', 1_000)).toEqual({ admitted: false, retryAfterS: 60 });
});

test('[U18] where a channel is let in, every more urgent one is', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 10, noNaN: true }), (load) => {
      expect(admittedAt(load)).toEqual(CHANNELS.slice(0, admittedAt(load).length));
    }),
  );
});
