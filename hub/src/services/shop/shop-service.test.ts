import { createHash } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { ShopServiceDefinition } from '@butik/proto/gen/butik/shop/v1/shop';
import type { RpcClient } from '@butik/proto/rpc/rpc';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Booted, bootServices } from '../../testing/boot-services.ts';
import { shopService } from './shop-service.ts';

let hub: Booted;
let shop: RpcClient<ShopServiceDefinition>;
beforeAll(async () => {
  hub = await bootServices([shopService]);
  shop = hub.client(ShopServiceDefinition);
});
beforeEach(() => {
  hub.events.length = 0;
});
afterAll(() => hub.close());

async function makeShop(name: string): Promise<string> {
  return (await hub.call('POST', '/shops', { name })).body.shopId;
}
async function makeToken(shopId: string): Promise<string> {
  const answer = await hub.call('POST', `/shops/${shopId}/enrolment-tokens`);
  expect(answer.status).toBe(201);
  return answer.body.token;
}
const key = (letter: string) => letter.repeat(43);
const codeOf = (error: { code: string }) => error.code;

test('head office makes a shop and its box is told who it is', async () => {
  const request = {
    name: 'Älvkiosken',
    orgNumber: '556000-0001',
    address: { street: 'Ågatan 1', floor: null },
    settings: { doorSeconds: 5 },
    groupIds: ['norr'],
  };
  const made = await hub.call('POST', '/shops', request);
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ ...request, currency: 'SEK', timeZone: 'Europe/Stockholm', version: 1 });
  const read = await hub.call('GET', `/shops/${made.body.shopId}`);
  expect(read.body).toEqual(made.body);
  await hub.idle();
  expect(hub.events).toHaveLength(1);
  expect(hub.events[0]).toMatchObject({
    type: 'ShopChanged',
    subject: made.body.shopId,
    data: { shop: { scope: `shop:${made.body.shopId}`, name: 'Älvkiosken', fiscal_mode: 'exempt-unmanned' } },
  });
  const info = await shop.getStoreInfo({ shopId: made.body.shopId });
  expect(info).toMatchObject({ name: 'Älvkiosken', country: 'SE', fiscalMode: 'exempt-unmanned' });
});

test('the same request again makes no second shop; another with its id is refused', async () => {
  const request = { shopId: hub.kernel.newId(), name: 'Hamnbutiken', address: { city: 'Luleå', box: null } };
  const answers = [await hub.call('POST', '/shops', request), await hub.call('POST', '/shops', request)];
  expect(answers.map(({ status }) => status)).toEqual([201, 200]);
  const other = await hub.call('POST', '/shops', { ...request, name: 'Annan' });
  expect(other.body.code).toBe('SHOP_EXISTS');
});

test('a shop cannot have a country, currency or time zone that does not exist', async () => {
  for (const wrong of [{ country: 'XX' }, { currency: 'KRN' }, { timeZone: 'Europe/Butik' }]) {
    const answer = await hub.call('POST', '/shops', { name: 'Fel', ...wrong });
    expect(answer.body.code).toBe('REQUEST_INVALID');
    expect(answer.body.details.fields[0].path).toBe(`body.${Object.keys(wrong)[0]}`);
  }
});

test('a change on an old version is refused, and settings do not touch the rest', async () => {
  const shopId = await makeShop('Torgboden');
  const set = await hub.call('PUT', `/shops/${shopId}/settings`, { screen: 'blå' });
  expect(set.body).toMatchObject({ name: 'Torgboden', settings: { screen: 'blå' }, version: 2 });
  const stale = await hub.call('PUT', `/shops/${shopId}`, { name: 'Torghallen' }, { 'if-match': '"1"' });
  expect(stale.body.code).toBe('SHOP_CHANGED');
  const fresh = await hub.call('PUT', `/shops/${shopId}`, { name: 'Torghallen' }, { 'if-match': '"2"' });
  expect(fresh.body).toMatchObject({ name: 'Torghallen', settings: { screen: 'blå' }, version: 3 });
});

test('a token enrols one box once, and is kept nowhere', async () => {
  const shopId = await makeShop('Stationen');
  const token = await makeToken(shopId);
  expect(Buffer.from(token, 'base64url').length).toBeGreaterThanOrEqual(16);
  const enrolled = await shop.enrolNode({ token, publicKeyX: key('A') });
  expect(enrolled).toMatchObject({ epoch: 1, shop: { shopId, name: 'Stationen' } });
  const again = await shop.enrolNode({ token, publicKeyX: key('B') }).catch(codeOf);
  expect(again).toBe('ENROLMENT_TOKEN_USED');

  const items = await hub.kernel.documents.client.send(new ScanCommand({ TableName: 'shops' }));
  const kept = JSON.stringify(items.Items);
  expect(kept).not.toContain(token);
  expect(kept).toContain(createHash('sha256').update(token).digest('hex'));
});

test('a box whose answer was lost asks again with its token and key, and is told the same', async () => {
  const shopId = await makeShop('Tappat svar');
  const token = await makeToken(shopId);
  const first = await shop.enrolNode({ token, publicKeyX: key('A') });
  expect(await shop.enrolNode({ token, publicKeyX: key('A') })).toEqual(first);
  const atOnce = await Promise.all([1, 2].map(() => shop.enrolNode({ token, publicKeyX: key('A') })));
  expect(atOnce).toEqual([first, first]);
  hub.clock.nowMs += 10 * 60_000;
  expect(await shop.enrolNode({ token, publicKeyX: key('A') })).toEqual(first);
  expect(await shop.enrolNode({ token, publicKeyX: key('B') }).catch(codeOf)).toBe('ENROLMENT_TOKEN_USED');
  expect((await hub.call('GET', `/shops/${shopId}/nodes`)).body.items).toMatchObject([
    { epoch: 1, publicKeyX: key('A'), fencedReason: null },
  ]);
  hub.clock.nowMs += 24 * 60 * 60_000;
  expect(await shop.enrolNode({ token, publicKeyX: key('A') }).catch(codeOf)).toBe('ENROLMENT_TOKEN_USED');
});

test('one box that asks twice at the same moment is enrolled once', async () => {
  const shopId = await makeShop('Dubbelklick');
  const token = await makeToken(shopId);
  const ask = () => shop.enrolNode({ token, publicKeyX: key('A') });
  const [first, second] = await Promise.all([ask(), ask()]);
  expect(second).toEqual(first);
  expect((await hub.call('GET', `/shops/${shopId}/nodes`)).body.items).toHaveLength(1);
});

test('a box that was replaced meanwhile is not told its old identity again', async () => {
  const shopId = await makeShop('Ersatt');
  const token = await makeToken(shopId);
  await shop.enrolNode({ token, publicKeyX: key('A') });
  await shop.enrolNode({ token: await makeToken(shopId), publicKeyX: key('B') });
  expect(await shop.enrolNode({ token, publicKeyX: key('A') }).catch(codeOf)).toBe('ENROLMENT_TOKEN_USED');
});

test('of two boxes with one token exactly one is enrolled', async () => {
  const shopId = await makeShop('Tvilling');
  const token = await makeToken(shopId);
  const boxes = ['A', 'B', 'C', 'D'].map((letter) =>
    shop.enrolNode({ token, publicKeyX: key(letter) }).then(({ epoch }) => epoch, codeOf),
  );
  const outcomes = await Promise.all(boxes);
  expect(outcomes.filter((one) => one === 1)).toHaveLength(1);
  expect(outcomes.filter((one) => one === 'ENROLMENT_TOKEN_USED')).toHaveLength(3);
  expect((await hub.call('GET', `/shops/${shopId}/nodes`)).body.items).toHaveLength(1);
});

test('two boxes with a token each get an epoch each, and the first of them is fenced', async () => {
  const shopId = await makeShop('Kapplöpning');
  const tokens = [await makeToken(shopId), await makeToken(shopId)];
  const enrolled = await Promise.all(tokens.map((token) => shop.enrolNode({ token, publicKeyX: key('E') })));
  expect(enrolled.map(({ epoch }) => epoch).sort()).toEqual([1, 2]);
  const { items } = (await hub.call('GET', `/shops/${shopId}/nodes`)).body;
  expect(
    items.map((node: { epoch: number; fencedReason: string | null }) => [node.epoch, node.fencedReason]),
  ).toEqual([
    [2, null],
    [1, 'replaced'],
  ]);
});

test('a token is good for ten minutes, and only as it was given out', async () => {
  const token = await makeToken(await makeShop('Sen'));
  hub.clock.nowMs += 10 * 60_000;
  expect(await shop.enrolNode({ token, publicKeyX: key('A') }).catch(codeOf)).toBe('ENROLMENT_TOKEN_EXPIRED');
  expect(await shop.enrolNode({ token: `${token}x`, publicKeyX: key('A') }).catch(codeOf)).toBe(
    'ENROLMENT_TOKEN_INVALID',
  );
});

test('provisioning again keeps the node id, raises the epoch and fences the old box', async () => {
  const shopId = await makeShop('Igen');
  const first = await shop.enrolNode({ token: await makeToken(shopId), publicKeyX: key('A') });
  expect(await shop.getNode({ nodeId: first.nodeId, epoch: 1 })).toMatchObject({
    shopId,
    publicKeyX: key('A'),
    fencedReason: '',
  });
  const second = await shop.enrolNode({ token: await makeToken(shopId), publicKeyX: key('B') });
  expect(second).toMatchObject({ nodeId: first.nodeId, epoch: 2 });
  expect((await shop.getNode({ nodeId: first.nodeId, epoch: 1 })).fencedReason).toBe('replaced');
  expect((await shop.getNode({ nodeId: first.nodeId, epoch: 2 })).fencedReason).toBe('');
  await hub.idle();
  const told = hub.events
    .filter(({ type }) => type !== 'ShopChanged')
    .map(({ type, data }) => [type, (data as { epoch: number }).epoch]);
  expect(told).toEqual([
    ['NodeEnrolled', 1],
    ['NodeFenced', 1],
    ['NodeEnrolled', 2],
  ]);
});

test('a fenced box stays fenced for its first reason', async () => {
  const shopId = await makeShop('Stulen');
  const { nodeId } = await shop.enrolNode({ token: await makeToken(shopId), publicKeyX: key('A') });
  await shop.fenceNode({ nodeId, epoch: 1, reason: 'stolen' }, { caller: 'service:intake' });
  await shop.fenceNode({ nodeId, epoch: 1, reason: 'other' });
  expect((await shop.getNode({ nodeId, epoch: 1 })).fencedReason).toBe('stolen');
  expect(await shop.getNode({ nodeId, epoch: 9 }).catch(codeOf)).toBe('NODE_NOT_FOUND');
});
