import { defineFact } from '@butik/proto/facts/define-fact';
import type { ShopFact } from '@butik/proto/gen/butik/sync/v1/fact';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { readFact } from './read-fact.ts';

const firstDoor = z.strictObject({ door: z.string() });
/** A door's report: version 1 knew one door, version 2 lists them, version 3 says why. */
const doorOpened = defineFact({
  type: 'door.opened',
  version: 3,
  channel: 'operations',
  payload: z.strictObject({ doors: z.array(z.string()), reason: z.string() }),
  upcasts: {
    1: (payload) => ({ doors: [firstDoor.parse(payload).door] }),
    2: (payload) => ({ ...(payload as object), reason: 'unknown' }),
  },
});

const id = '0195a2c4-7c00-7000-8000-000000000001';
const fact = (version: number, payload: unknown): ShopFact => ({
  factId: id,
  shopId: id,
  nodeId: id,
  epoch: 1,
  hlc: '001700000000000-00000-c1243ad4',
  receivedAt: '2026-03-01T12:00:00.000Z',
  type: 'door.opened',
  version,
  payload: JSON.stringify(payload),
});

test('a fact of the version of today is read as it is', () => {
  const payload = { doors: ['yard'], reason: 'delivery' };
  expect(readFact(fact(3, payload), doorOpened).payload).toEqual(payload);
});

test('facts of older versions are brought up to today, step by step', () => {
  expect(readFact(fact(1, { door: 'yard' }), doorOpened).payload).toEqual({
    doors: ['yard'],
    reason: 'unknown',
  });
  expect(readFact(fact(2, { doors: [] }), doorOpened).payload).toEqual({ doors: [], reason: 'unknown' });
});

test('a version without a way to today waits for an update: a newer one, one of no version, a missing step', () => {
  const { upcasts: _, ...withoutUpcasts } = doorOpened;
  const withGap = { ...doorOpened, upcasts: { 1: doorOpened.upcasts![1]! } };
  for (const read of [
    () => readFact(fact(4, {}), doorOpened),
    () => readFact(fact(0, {}), doorOpened),
    () => readFact(fact(2, { doors: [] }), withoutUpcasts),
    () => readFact(fact(1, { door: 'yard' }), withGap),
    () => readFact({ ...fact(3, {}), type: 'door.closed' }, doorOpened),
  ]) {
    expect(read).toThrow(expect.objectContaining({ code: 'FACT_TYPE_UNKNOWN' }));
  }
});

test('an older fact that is not even right for its own version is told by its fields', () => {
  expect(() => readFact(fact(1, { door: 7 }), doorOpened)).toThrow(
    expect.objectContaining({
      code: 'FACT_PAYLOAD_INVALID',
      details: { fields: [{ path: 'door', message: expect.any(String) }] },
    }),
  );
});
