import { expect, test } from 'vitest';
import { cloudEventSchema, createEvent } from './cloud-event.ts';
import { orderCancelled } from './order.ts';
import { EVENTS } from './registry.ts';

test('every type of event is named once and has a version', () => {
  const types = EVENTS.map(({ type }) => type);
  expect(new Set(types).size).toBe(types.length);
  for (const { type, version } of EVENTS) {
    expect(type).toMatch(/^[A-Z][A-Za-z]+$/);
    expect(version).toBeGreaterThan(0);
  }
});

const cancelled = {
  id: '0195a2c4-7c00-7000-8000-000000000001',
  source: 'butik/hub/order',
  subject: 'o1',
  time: '2025-03-01T10:00:00.000Z',
  data: {
    orderId: '0195a2c4-7c00-7000-8000-000000000002',
    shopId: '0195a2c4-7c00-7000-8000-000000000003',
    reason: 'regretted',
  },
};

test('an event is a CloudEvent 1.0 that survives JSON', () => {
  const event = createEvent(orderCancelled, cancelled);
  expect(event).toEqual({
    ...cancelled,
    specversion: '1.0',
    datacontenttype: 'application/json',
    type: 'OrderCancelled',
    dataversion: 1,
  });
  expect(cloudEventSchema.parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
});

test('an event whose data does not fit its definition is not made', () => {
  expect(() =>
    createEvent(orderCancelled, { ...cancelled, data: { ...cancelled.data, orderId: 'o1' } }),
  ).toThrow('orderId');
});
