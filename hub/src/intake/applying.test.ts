import { ButikError } from '@butik/proto/errors/butik-error';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { enrolBox, type TestBox } from './testing/test-box.ts';
import { openTestHub, SHOP_ID, type TestHub } from './testing/test-hub.ts';

let hub: TestHub;
let box: TestBox;
beforeEach(async () => {
  hub = await openTestHub();
  box = enrolBox(hub);
});
afterEach(() => hub.close());

/** Facts about these aggregates, in this order. */
const about = (...aggregates: string[]) =>
  box.makeFacts(aggregates.length, {
    fact: (index) => ({
      aggregate: aggregates[index]!,
      payload: JSON.stringify({ n: index, of: aggregates[index] }),
    }),
  });
const applied = () => hub.sales.map(({ payload }) => JSON.parse(payload) as { n: number; of: string });
const quarantine = async () =>
  ((await hub.getJson('/v1/sync/quarantine')).body as { items: Record<string, unknown>[] }).items;

/** Makes the order service refuse facts about one aggregate until it is mended. */
function poison(aggregate: string, error: () => Error): { mend(): void; calls: number } {
  let isMended = false;
  const state = {
    calls: 0,
    mend() {
      isMended = true;
    },
  };
  hub.onSale.call = (fact) => {
    if (isMended || JSON.parse(fact.payload).of !== aggregate) return;
    state.calls += 1;
    throw error();
  };
  return state;
}

test('[U10] facts reach their service with who sent them and when, once each', async () => {
  const facts = about('a', 'b');
  await box.push(facts);
  await box.push(facts);
  await hub.intake.idle();
  expect(hub.sales).toHaveLength(2);
  expect(hub.sales[0]).toEqual({
    factId: facts[0]!.id,
    type: 'sale.recorded',
    version: 1,
    shopId: SHOP_ID,
    nodeId: box.nodeId,
    epoch: 1,
    hlc: facts[0]!.hlc,
    receivedAt: '2026-03-01T12:00:00.000Z',
    payload: '{"n":0,"of":"a"}',
  });
});

test('[U10] within an aggregate the order is kept, also when the first takes long', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  hub.onSale.call = async (fact) => {
    if (JSON.parse(fact.payload).n === 0) await released;
    else if (JSON.parse(fact.payload).n === 3) release();
  };
  await box.push(about('a', 'a', 'b', 'b'));
  await hub.intake.idle();
  const order = applied();
  expect(order.filter(({ of }) => of === 'a').map(({ n }) => n)).toEqual([0, 1]);
  expect(order.map(({ of }) => of)).toEqual(['b', 'b', 'a', 'a']);
});

test('[U10] after a restart the hub goes on with what it had acknowledged', async () => {
  hub.onSale.call = () => {
    throw new ButikError('SERVICE_UNAVAILABLE');
  };
  await box.push(about('a', 'b', 'c'));
  await hub.restart();
  hub.onSale.call = () => undefined;
  hub.clock.ms += 60_000;
  await hub.intake.idle();
  expect(
    applied()
      .map(({ of }) => of)
      .toSorted(),
  ).toEqual(['a', 'b', 'c']);
});

test('[U11] a poison fact is quarantined, its aggregate waits and all others go on', async () => {
  poison('a', () => new ButikError('SHOP_NOT_FOUND', { message: 'No such shop.', details: { shopId: 's' } }));
  const facts = about('b', 'a', 'a', 'c');
  await box.push(facts);
  await hub.intake.idle();
  expect(
    applied()
      .map(({ of }) => of)
      .toSorted(),
  ).toEqual(['b', 'c']);
  expect(await quarantine()).toEqual([
    expect.objectContaining({
      factId: facts[1]!.id,
      shopId: SHOP_ID,
      seq: 2,
      aggregate: 'a',
      waiting: 1,
      reason: {
        code: 'SHOP_NOT_FOUND',
        kind: 'not-found',
        message: 'No such shop.',
        details: { shopId: 's' },
      },
    }),
  ]);
  const { body } = await hub.getJson('/v1/sync/shops');
  expect(body).toEqual({ items: [expect.objectContaining({ acknowledged: 4, pending: 1, quarantined: 1 })] });
});

test('[U11] a retry after the mend applies the fact and what waited behind it, in order', async () => {
  const state = poison('a', () => new ButikError('SHOP_NOT_FOUND'));
  const facts = about('a', 'a');
  await box.push(facts);
  await hub.intake.idle();
  state.mend();
  expect((await hub.postJson(`/v1/sync/quarantine/${facts[0]!.id}/retry`)).status).toBe(202);
  await hub.intake.idle();
  expect(applied().map(({ n }) => n)).toEqual([0, 1]);
  expect(await quarantine()).toEqual([]);
});

test('[U11] a write-off needs a reason, lets the aggregate go on and cannot be undone', async () => {
  poison('a', () => new ButikError('SHOP_NOT_FOUND'));
  const facts = about('a', 'a');
  await box.push(facts);
  await hub.intake.idle();
  const path = `/v1/sync/quarantine/${facts[0]!.id}`;
  expect((await hub.postJson(`${path}/write-off`, { reason: ' ' })).status).toBe(400);
  hub.onSale.call = () => undefined;
  expect((await hub.postJson(`${path}/write-off`, { reason: 'test sale of the fitter' })).status).toBe(200);
  await hub.intake.idle();
  expect(applied().map(({ n }) => n)).toEqual([1]);
  expect((await hub.postJson(`${path}/retry`)).body).toEqual(
    expect.objectContaining({ code: 'QUARANTINE_NOT_FOUND' }),
  );
});

test('[U11] a type or a version that this hub does not know waits for the update', async () => {
  const [type, version] = box.makeFacts(2, {
    fact: (index) => (index === 0 ? { type: 'door.opened' } : { version: 9 }),
  });
  await box.push([type, version]);
  await hub.intake.idle();
  expect(
    (await quarantine()).map(({ factId, reason }) => [factId, (reason as { code: string }).code]),
  ).toEqual([
    [type!.id, 'FACT_TYPE_UNKNOWN'],
    [version!.id, 'FACT_TYPE_UNKNOWN'],
  ]);
  expect(hub.sales).toEqual([]);
});

test('[U12] a service that is away for a while delays its facts and loses none', async () => {
  let calls = 0;
  hub.onSale.call = () => {
    calls += 1;
    hub.clock.stepMs = 60_000;
    if (calls <= 7) throw new ButikError('SERVICE_UNAVAILABLE');
  };
  await box.push(about('a'));
  await hub.intake.idle();
  expect(calls).toBe(8);
  expect(applied()).toEqual([{ n: 0, of: 'a' }]);
});

test('[U12] an internal error is tried five times and then quarantined', async () => {
  const state = poison('a', () => {
    hub.clock.stepMs = 60_000;
    return new Error('division by zero');
  });
  await box.push(about('a'));
  await hub.intake.idle();
  expect(state.calls).toBe(5);
  expect(await quarantine()).toEqual([
    expect.objectContaining({ attempts: 5, reason: expect.objectContaining({ code: 'INTERNAL' }) }),
  ]);
});

test('the quarantine is read page by page', async () => {
  hub.onSale.call = () => {
    throw new ButikError('SHOP_NOT_FOUND');
  };
  const facts = about('a', 'b', 'c');
  await box.push(facts);
  await hub.intake.idle();
  const page = async (query: string) =>
    (await hub.getJson(`/v1/sync/quarantine?${query}`)).body as {
      items: { aggregate: string }[];
      next: string | null;
    };
  const first = await page('limit=2');
  expect(first.items.map(({ aggregate }) => aggregate)).toEqual(['a', 'b']);
  expect(first.next).toBe(facts[1]!.id);
  const second = await page(`limit=2&cursor=${first.next}`);
  expect(second.items.map(({ aggregate }) => aggregate)).toEqual(['c']);
  expect(second.next).toBeNull();
});

test('[U11] who retried and who wrote off is kept, with why', async () => {
  poison('a', () => new ButikError('SHOP_NOT_FOUND'));
  const [fact] = about('a');
  await box.push([fact!]);
  await hub.intake.idle();
  const path = `/v1/sync/quarantine/${fact!.id}`;
  await hub.postJson(`${path}/retry`, undefined, 'user:anna');
  await hub.intake.idle();
  const retried = { action: 'retry', by: 'user:anna', at: '2026-03-01T12:00:00.000Z', reason: null };
  expect((await quarantine())[0]!.history).toEqual([retried]);
  await hub.postJson(`${path}/write-off`, { reason: 'test sale' }, 'user:bo');
  const { body } = await hub.getJson('/v1/sync/quarantine/history');
  expect(body).toMatchObject({
    items: [
      { action: 'write-off', by: 'user:bo', reason: 'test sale', factId: fact!.id, aggregate: 'a' },
      { ...retried, error: { code: 'SHOP_NOT_FOUND' } },
    ],
    next: null,
  });
  const older = await hub.getJson('/v1/sync/quarantine/history?limit=1&cursor=2');
  expect(older.body).toMatchObject({ items: [{ action: 'retry' }], next: '1' });
});
