import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPaidAsAsked, refundableMinor } from './judge-paid.ts';
import { GATEWAY_MEMORY_MS, IN_FLIGHT_MS, nextStep, type OpenTransfer } from './next-step.ts';

const SENT = 1_000_000;
const transfer = (changes: Partial<OpenTransfer> = {}): OpenTransfer => ({
  firstSentMs: SENT,
  lastSentMs: SENT,
  unknownMs: null,
  refused: false,
  unwanted: false,
  ...changes,
});

test('a payment that was never sent is sent, or ended when nobody wants it any more', () => {
  const never = transfer({ firstSentMs: null, lastSentMs: null });
  expect(nextStep(never, SENT)).toBe('send');
  expect(nextStep({ ...never, unwanted: true }, SENT)).toBe('end');
});

test('one that was sent is looked up, however long ago, or cancelled at the gateway', () => {
  expect(nextStep(transfer(), SENT + 1)).toBe('look-up');
  expect(nextStep(transfer(), SENT + 10 * GATEWAY_MEMORY_MS)).toBe('look-up');
  expect(nextStep(transfer({ unwanted: true }), SENT + 1)).toBe('cancel');
});

test('one that the gateway does not know is sent again while the gateway would remember it, and never later', () => {
  const unknown = transfer({ unknownMs: SENT + 10 });
  expect(nextStep(unknown, SENT + 11)).toBe('send');
  expect(nextStep(unknown, SENT + GATEWAY_MEMORY_MS - 1)).toBe('send');
  expect(nextStep(unknown, SENT + GATEWAY_MEMORY_MS)).toBe('look-up');
});

test('one that nobody wants ends once the gateway, long after the last request, still does not know it', () => {
  const early = transfer({ unwanted: true, unknownMs: SENT + 10 });
  expect(nextStep(early, SENT + 11)).toBe('wait');
  expect(nextStep(early, SENT + IN_FLIGHT_MS)).toBe('look-up');
  expect(nextStep({ ...early, unknownMs: SENT + IN_FLIGHT_MS }, SENT + IN_FLIGHT_MS)).toBe('end');
});

test('one whose second request was refused is looked up until the first cannot arrive any more, and never sent', () => {
  const refused = transfer({ refused: true });
  expect(nextStep(refused, SENT + 1)).toBe('look-up');
  const unknown = { ...refused, unknownMs: SENT + 10 };
  expect(nextStep(unknown, SENT + 11)).toBe('look-up');
  expect(nextStep({ ...unknown, unwanted: true }, SENT + 11)).toBe('wait');
  expect(nextStep({ ...unknown, unknownMs: SENT + IN_FLIGHT_MS }, SENT + IN_FLIGHT_MS)).toBe('end');
});

test('whatever happened: nothing is sent that the gateway was not asked about since it was sent last', () => {
  const time = fc.integer({ min: 0, max: 3 * GATEWAY_MEMORY_MS });
  const anyTransfer = fc.record({
    firstSentMs: fc.option(time),
    lastSentMs: fc.option(time),
    unknownMs: fc.option(time),
    refused: fc.boolean(),
    unwanted: fc.boolean(),
  });
  fc.assert(
    fc.property(anyTransfer, time, (one, now) => {
      const step = nextStep(one, now);
      const sent = one.firstSentMs !== null && one.lastSentMs !== null;
      if (step === 'send' && sent) expect(one.unknownMs).not.toBeNull();
      if (step === 'send') expect(one.unwanted).toBe(false);
      if (step === 'send' && sent) expect(one.refused).toBe(false);
      if (step === 'end') expect(one.unwanted || one.refused).toBe(true);
      if (step === 'end' && sent)
        expect(one.unknownMs! - one.lastSentMs!).toBeGreaterThanOrEqual(IN_FLIGHT_MS);
    }),
  );
});

test('paid is what was asked for, to the öre and in its currency', () => {
  const asked = { amountMinor: 1_990, currency: 'SEK' };
  expect(isPaidAsAsked(asked, { ...asked })).toBe(true);
  expect(isPaidAsAsked(asked, { ...asked, amountMinor: 1_989 })).toBe(false);
  expect(isPaidAsAsked(asked, { ...asked, currency: 'NOK' })).toBe(false);
});

test('what may be given back is what was charged, less all that is given back or on its way', () => {
  expect(refundableMinor(1_990, [])).toBe(1_990);
  expect(refundableMinor(1_990, [{ amountMinor: 990 }, { amountMinor: 1_000 }])).toBe(0);
});
