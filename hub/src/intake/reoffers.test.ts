import type { Fact } from '@butik/proto/facts/sync-wire';
import { GENESIS_HASH } from '@butik/sync/hash-chain';
import { sql as template } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { enrolBox, type TestBox } from './testing/test-box.ts';
import { openTestHub, type TestHub } from './testing/test-hub.ts';

let hub: TestHub;
let box: TestBox;
beforeAll(async () => {
  hub = await openTestHub();
});
afterAll(() => hub.close());
beforeEach(() => {
  hub.sales.length = 0;
  box = enrolBox(hub);
  // Each in a shop of its own.
  hub.nodes.get(`${box.nodeId}.1`)!.shopId = shopId();
});
const shopId = () => box.nodeId.replace('0000000b', '0000000a');

async function held(): Promise<number[]> {
  const rows = await hub.sql.rows<{ seq: number }>(
    template`SELECT seq::float8 AS seq FROM intake.journal WHERE node = ${box.nodeId} ORDER BY seq`,
  );
  return rows.map(({ seq }) => seq);
}

const TABLES = ['journal', 'open_facts', 'cursors'];
/** Copies the intake's tables, and later puts the copy in their place, as a backup is restored. */
async function backUp(): Promise<void> {
  for (const table of TABLES) {
    await hub.sql.rows(template.raw(`DROP TABLE IF EXISTS intake.old_${table}`));
    await hub.sql.rows(template.raw(`CREATE TABLE intake.old_${table} AS SELECT * FROM intake.${table}`));
  }
}
async function restore(): Promise<void> {
  for (const table of TABLES) await hub.sql.rows(template.raw(`DELETE FROM intake.${table}`));
  for (const table of TABLES) {
    const overriding = table === 'journal' ? 'OVERRIDING SYSTEM VALUE' : '';
    const copy = `INSERT INTO intake.${table} ${overriding} SELECT * FROM intake.old_${table}`;
    await hub.sql.rows(template.raw(copy));
  }
}
const lose = (from: number, to: number) =>
  hub.sql.rows(template`DELETE FROM intake.journal
    WHERE node = ${box.nodeId} AND seq BETWEEN ${from} AND ${to}`);
const shopItem = async (): Promise<Record<string, unknown>> => {
  const { body } = await hub.getJson('/v1/sync/shops');
  return (body as { items: { nodeId: string }[] }).items.find(({ nodeId }) => nodeId === box.nodeId)!;
};

test('[U24] a journal restored from an older backup gets everything again, and the services take it once', async () => {
  const facts = box.makeFacts(6);
  await box.push(facts.slice(0, 2));
  await hub.intake.idle();
  await backUp();
  await box.push(facts.slice(2, 5));
  await hub.intake.idle();
  await restore();
  expect((await box.cursors()).body).toMatchObject({ cursors: { orders: { acknowledged: 2 } } });
  expect(await box.push(facts.slice(5))).toMatchObject({
    status: 409,
    body: { code: 'FACT_SEQUENCE_GAP', details: { expected: 3 } },
  });
  expect(await box.push(facts.slice(2))).toMatchObject({ status: 200, body: { acknowledged: 6 } });
  await hub.intake.idle();
  expect(await held()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(hub.sales.map(({ factId }) => factId)).toEqual(facts.map(({ id }) => id));
});

test('[U23] a person asks for a range again: the box is told until it has answered, and who asked is kept', async () => {
  const facts = box.makeFacts(6);
  await box.push(facts);
  await hub.intake.idle();
  await lose(3, 5);
  const range = { channel: 'orders', from: 4, to: 5 };
  const path = `/v1/sync/shops/${shopId()}/reoffer`;
  const asked = await hub.postJson(path, range, 'user:karin');
  // Widened to the first that is missing, so that what comes fits to what is held.
  expect(asked).toMatchObject({ status: 202, body: { from: 3, to: 5, by: 'user:karin', answeredAt: null } });
  const { reofferId } = asked.body as { reofferId: string };
  const reoffer = [{ id: reofferId, channel: 'orders', from: 3, to: 5 }];
  expect((await box.cursors()).body.reoffer).toEqual(reoffer);
  expect(await shopItem()).toMatchObject({ reoffers: 1 });

  const again = await box.push(facts.slice(2, 5));
  expect(again.body).toMatchObject({ acknowledged: 6, reoffer });
  expect(await held()).toEqual([1, 2, 3, 4, 5, 6]);
  await box.tellKept({ channel: 'orders', from: 3, to: 5, oldestKept: 1, prevHash: GENESIS_HASH, reofferId });
  expect((await box.cursors()).body.reoffer).toBeUndefined();
  const { body } = await hub.getJson(`/v1/sync/shops/${shopId()}/reoffers`);
  const line = (body as { items: { reofferId: string }[] }).items.find(
    (each) => each.reofferId === reofferId,
  );
  expect(line).toMatchObject({ by: 'user:karin', answeredAt: '2026-03-01T12:00:00.000Z', goneTo: null });
});

test('[U23] what was lost is taken only as it was: another fact in its place fences the box', async () => {
  await box.push(box.makeFacts(4));
  await lose(2, 3);
  const others: Fact[] = box.makeFacts(4);
  expect(await box.push(others.slice(1, 3))).toMatchObject({ status: 403, body: { code: 'NODE_FORKED' } });
});

test('[U23] a box says that it no longer has the beginning of a range', async () => {
  const facts = box.makeFacts(5);
  await box.push(facts);
  const asked = await hub.postJson(`/v1/sync/shops/${shopId()}/reoffer`, {
    channel: 'orders',
    from: 1,
    to: 4,
  });
  const { reofferId } = asked.body as { reofferId: string };
  const prevHash = facts[1]!.hash;
  await box.tellKept({ channel: 'orders', from: 1, to: 4, oldestKept: 3, prevHash, reofferId });
  const { body } = await hub.getJson(`/v1/sync/shops/${shopId()}/reoffers`);
  expect((body as { items: object[] }).items).toContainEqual(
    expect.objectContaining({ reofferId, goneTo: 2 }),
  );
  expect(await shopItem()).toMatchObject({ acknowledged: 5, gone: 0 });
});

test('[U25] where the hub expects what is gone for good, it notes the gap, shows it and goes on', async () => {
  const facts = box.makeFacts(6);
  await box.push(facts.slice(0, 1));
  const prevHash = facts[3]!.hash;
  const kept = { channel: 'orders', from: 2, to: 6, oldestKept: 5, prevHash, reofferId: null } as const;
  expect(await box.tellKept(kept)).toMatchObject({ status: 200 });
  expect(await box.push(facts.slice(4))).toMatchObject({ status: 200, body: { acknowledged: 6 } });
  expect(await held()).toEqual([1, 5, 6]);
  expect(await shopItem()).toMatchObject({ acknowledged: 6, gone: 3 });
  expect(hub.log).toContainEqual(
    expect.objectContaining({ msg: 'a box no longer has these facts', gap: { from: 2, to: 4 } }),
  );
  // Said again, or of what the hub does not expect, it changes nothing.
  await box.tellKept(kept);
  await box.tellKept({ ...kept, from: 3, oldestKept: 9 });
  expect(await shopItem()).toMatchObject({ acknowledged: 6, gone: 3 });
});

test('a range is asked of a shop that ever sent something, and not of one that did not', async () => {
  const range = { channel: 'orders', from: 2, to: 1 };
  const path = `/v1/sync/shops/${shopId()}/reoffer`;
  expect(await hub.postJson(path, range)).toMatchObject({ status: 400 });
  const nobody = await hub.postJson(path, { ...range, to: 3 });
  expect(nobody).toMatchObject({ status: 422, body: { code: 'REOFFER_NOT_POSSIBLE' } });
});
