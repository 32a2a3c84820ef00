import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Booted, bootServices } from '../../testing/boot-services.ts';
import { encodeCursor } from '../pages.ts';
import { paymentService } from './payment-service.ts';

let hub: Booted;
beforeAll(async () => {
  hub = await bootServices([paymentService]);
});
afterAll(() => hub?.close());

const ID = '0190a0a0-0000-7000-8000-000000000000';

test('a cursor that nobody was given is refused, whatever is in it', async () => {
  const keys = [
    { createdMs: 'soon', id: ID },
    { createdMs: '1e400', id: ID },
    { createdMs: '9999999999999999', id: ID },
    { createdMs: '-1', id: ID },
    { createdMs: '1700000000000', id: 'x' },
    { createdMs: '1700000000000' },
    { id: ID },
    {},
  ];
  for (const key of keys) {
    const cursor = encodeCursor({ list: '{}', ...key });
    const { status, body } = await hub.call('GET', `/payments?cursor=${cursor}`);
    expect({ key, status, code: body.code }).toEqual({ key, status: 400, code: 'REQUEST_INVALID' });
  }
  const given = encodeCursor({ list: '{}', createdMs: '1700000000000', id: ID });
  expect((await hub.call('GET', `/payments?cursor=${given}`)).body).toEqual({ items: [], next: null });
});

test('a moment in a year that no store can write, or too fine, is refused, in a list and in a reconciliation', async () => {
  for (const year of ['0000', '0001', '9999', '10000', '+010000', '-0001']) {
    const at = `${year}-01-01T00:00:00Z`;
    for (const side of ['from', 'to']) {
      const listed = await hub.call('GET', `/payments?${side}=${encodeURIComponent(at)}`);
      expect({ at, code: listed.body.code }).toEqual({ at, code: 'REQUEST_INVALID' });
    }
    const list = { items: [], from: at, to: at };
    expect((await hub.call('POST', '/payments/reconcile', list)).body.code).toBe('REQUEST_INVALID');
  }
  const fine = `2026-01-01T00:00:00.${'1'.repeat(200)}Z`;
  expect((await hub.call('GET', `/payments?from=${fine}`)).body.code).toBe('REQUEST_INVALID');
  const { body } = await hub.call('GET', '/payments?from=1970-01-01T00:00:00Z&to=9998-12-31T23:59:59.999Z');
  expect(body).toEqual({ items: [], next: null });
});
