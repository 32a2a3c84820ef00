import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { PushRequest } from '@butik/proto/facts/sync-wire';
import { fixtureUrl } from '@butik/sync/testing/fixture-url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enrolBox, type TestBox } from './testing/test-box.ts';
import { openTestHub, type TestHub } from './testing/test-hub.ts';

const readFixture = (name: string) => readFileSync(fixtureUrl(name), 'utf8');

let hub: TestHub;
let box: TestBox;
beforeAll(async () => {
  hub = await openTestHub();
  const { node, epoch } = JSON.parse(readFixture('push-orders')) as PushRequest;
  box = enrolBox(hub, { nodeId: node, epoch });
});
afterAll(() => hub.close());

const said = (name: string) => JSON.parse(readFixture(name)) as Record<string, unknown>;
const push = (name: string) => box.pushBytes(new Uint8Array(gzipSync(readFixture(name))));

test('[V3] a box of version 1 is answered as a hub of version 1 did', async () => {
  const later = said('push-orders') as unknown as PushRequest;
  const gap = await box.push(later.facts.slice(1));
  expect(gap).toMatchObject({ status: 409, body: said('push-after-gap-answer') });
  expect((await push('push-orders')).body).toEqual(said('push-orders-answer'));
  expect((await push('push-stock')).body).toEqual(said('push-stock-answer'));
  expect((await push('push-orders')).body).toEqual(said('push-orders-answer'));
  expect((await box.cursors()).body).toEqual(said('cursors-answer'));
});

test('[V3] what a box of version 1 pushed reaches the services as it was sent', async () => {
  await hub.intake.idle();
  const { facts } = said('push-orders') as unknown as PushRequest;
  expect(hub.sales.map(({ factId, payload }) => ({ id: factId, payload }))).toEqual(
    facts.map(({ id, payload }) => ({ id, payload })),
  );
});
