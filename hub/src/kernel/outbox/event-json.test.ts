import { createEvent } from '@butik/proto/events/cloud-event';
import { nodeEnrolled } from '@butik/proto/events/shop';
import { context, propagation, trace } from '@opentelemetry/api';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventJson } from './event-json.ts';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const OTHER = '00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01';

beforeAll(() => {
  propagation.setGlobalPropagator({
    inject: (_context, carrier) => Object.assign(carrier as object, { traceparent: TRACE }),
    extract: (one) => one,
    fields: () => ['traceparent'],
  });
});
afterAll(() => {
  propagation.disable();
  trace.disable();
  context.disable();
});

function event(traceparent?: string) {
  const id = uuidv7();
  return createEvent(nodeEnrolled, {
    id,
    subject: id,
    source: 'butik/hub/shop',
    time: '2026-03-01T10:00:00.000Z',
    data: { nodeId: id, shopId: id, epoch: 1 },
    ...(traceparent !== undefined && { traceparent }),
  });
}

test('an event carries the trace in which it was written', () => {
  expect(JSON.parse(eventJson(event()))).toMatchObject({ traceparent: TRACE });
});

test('an event that has a trace keeps it', () => {
  expect(JSON.parse(eventJson(event(OTHER)))).toMatchObject({ traceparent: OTHER });
});
