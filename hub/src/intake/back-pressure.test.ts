import { ButikError } from '@butik/proto/errors/butik-error';
import { CHANNELS, type Channel } from '@butik/proto/facts/define-fact';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { enrolBox } from './testing/test-box.ts';
import { openTestHub, type TestHub } from './testing/test-hub.ts';

/** Four facts that wait are the bound; of the rest this machine has more than enough. */
const BOUNDS = { backlogFacts: 4, eventLoopMs: 1e9, databaseMs: 1e9, pushes: 1_000 };

let hub: TestHub;
beforeEach(async () => {
  hub = await openTestHub({ loadBounds: BOUNDS });
  hub.onSale.call = () => {
    throw new ButikError('SERVICE_UNAVAILABLE');
  };
});
afterEach(() => hub.close());

const oneOf = (channel: Channel, headers: Record<string, string> = {}) => {
  const box = enrolBox(hub);
  return box.push(box.makeFacts(1, { channel }), { channel }, headers);
};
const gather = async (count: number) => {
  const box = enrolBox(hub);
  await box.push(box.makeFacts(count));
  await hub.intake.measureLoad();
};

test('[U18] while facts gather that cannot be applied, telemetry waits first and payments last', async () => {
  await gather(4);
  const box = enrolBox(hub);
  const refused = await box.push(box.makeFacts(1, { channel: 'telemetry' }), { channel: 'telemetry' });
  expect(refused).toMatchObject({
    status: 503,
    body: { code: 'HUB_BUSY', details: { channel: 'telemetry', load: 1 } },
  });
  expect(box.headers().get('retry-after')).toBe('2');
  expect(box.headers().get('content-type')).toBe('application/problem+json');
  expect(JSON.stringify(hub.log)).not.toContain('HUB_BUSY');
  expect(await oneOf('operations')).toMatchObject({ status: 200 });

  await gather(6);
  const statuses = await Promise.all(
    CHANNELS.map(async (channel) => [channel, (await oneOf(channel)).status]),
  );
  expect(Object.fromEntries(statuses)).toEqual({
    payments: 200,
    orders: 503,
    stock: 503,
    operations: 503,
    telemetry: 503,
  });
});

test('[U18] a box that names the channel is told before its batch is read, and one that lies is told after', async () => {
  await gather(6);
  const box = enrolBox(hub);
  const options = { headers: { 'butik-channel': 'telemetry' } };
  const unread = await box.pushBytes(new Uint8Array([1, 2, 3]), options);
  expect(unread).toMatchObject({ status: 503, body: { code: 'HUB_BUSY' } });
  expect(await oneOf('telemetry', { 'butik-channel': 'payments' })).toMatchObject({
    status: 503,
    body: { code: 'HUB_BUSY', details: { channel: 'telemetry' } },
  });
});

test('[U18] once the backlog is applied everything is taken again', async () => {
  await gather(20);
  expect(await oneOf('payments')).toMatchObject({ status: 503 });
  hub.onSale.call = () => undefined;
  hub.clock.ms += 60_000;
  for (const channel of CHANNELS) {
    await hub.intake.idle();
    await hub.intake.measureLoad();
    expect(await oneOf(channel)).toMatchObject({ status: 200 });
  }
});

test('[U18] facts in quarantine need a person, and hold up no shop', async () => {
  hub.onSale.call = () => {
    throw new ButikError('FACT_PAYLOAD_INVALID');
  };
  await gather(20);
  await hub.intake.idle();
  await hub.intake.measureLoad();
  expect(await oneOf('telemetry')).toMatchObject({ status: 200 });
});
