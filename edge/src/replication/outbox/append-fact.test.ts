import { saleRecorded } from '@butik/proto/facts/sale-recorded';
import { stockMoved } from '@butik/proto/facts/stock-moved';
import type { Fact } from '@butik/proto/facts/sync-wire';
import { GENESIS_HASH, verifyChain } from '@butik/sync/hash-chain';
import { numberedId } from '@butik/sync/testing/numbered-id';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sha256 } from '../../sha256.ts';
import { openStubHub, type StubHub } from '../testing/stub-hub.ts';
import { aSale, openTestShop, type TestShop } from '../testing/test-shop.ts';
import { MAX_FACT_BYTES } from './append-fact.ts';

let hub: StubHub;
let shop: TestShop;
beforeEach(async () => {
  hub = await openStubHub();
  shop = openTestShop(hub);
});
afterEach(async () => {
  await shop.close();
  await hub.close();
});

const facts = (channel = 'orders') =>
  shop.rows(`SELECT channel, seq, id, hlc, type, version, aggregate, payload, prev_hash AS prevHash, hash
    FROM outbox WHERE channel = '${channel}' ORDER BY seq`) as unknown as Fact[];

test('[U1] facts are numbered without a gap per channel and chained by their hashes', async () => {
  await shop.sell(3);
  await shop.store.write((db) => {
    const causeId = numberedId(1);
    const movement = {
      movementId: numberedId(2),
      productId: numberedId(3),
      code: '1',
      quantity: -1,
      costMinor: null,
    };
    shop.facts.append(db, stockMoved, {
      aggregate: causeId,
      payload: {
        causeId,
        reason: 'sale',
        movedAt: '2026-03-01T12:00:00.000Z',
        currency: 'SEK',
        movements: [movement],
      },
    });
  });
  expect(facts().map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(facts('stock').map(({ seq }) => seq)).toEqual([1]);
  const owner = { node: shop.identity.nodeId, epoch: shop.identity.epoch };
  verifyChain(sha256, owner, GENESIS_HASH, facts());
  verifyChain(sha256, owner, GENESIS_HASH, facts('stock'));
});

test('[U1] a sale that is undone leaves no fact and frees its number', async () => {
  await shop.sell(1);
  const undone = shop.store.write((db) => {
    const payload = aSale();
    shop.facts.append(db, saleRecorded, { aggregate: payload.saleId, payload });
    throw new Error('the drawer does not open');
  });
  await expect(undone).rejects.toThrow('the drawer does not open');
  await shop.sell(1);
  expect(facts().map(({ seq }) => seq)).toEqual([1, 2]);
  verifyChain(sha256, { node: shop.identity.nodeId, epoch: 1 }, GENESIS_HASH, facts());
});

test('[U2] a fact cannot be changed, deleted before it is acknowledged, or unacknowledged', async () => {
  await shop.sell(2);
  const run = (sql: string) => () => shop.store.db.exec(sql);
  expect(run(`UPDATE outbox SET payload = '{}'`)).toThrow('facts are never changed');
  expect(run('DELETE FROM outbox WHERE seq = 1')).toThrow('never deleted');
  run(`UPDATE channels SET acknowledged = 1 WHERE channel = 'orders'`)();
  expect(run(`UPDATE channels SET acknowledged = 0 WHERE channel = 'orders'`)).toThrow(
    'cursors never go back',
  );
  expect(run(`UPDATE channels SET last_seq = 1 WHERE channel = 'orders'`)).toThrow('cursors never go back');
  expect(run(`DELETE FROM channels`)).toThrow('channels are never deleted');
  expect(run('DELETE FROM outbox WHERE seq = 2')).toThrow('never deleted');
  run('DELETE FROM outbox WHERE seq = 1')();
  expect(facts().map(({ seq }) => seq)).toEqual([2]);
});

test('[U3] a fact too large for a batch is refused where it is written', async () => {
  const payload = { ...aSale(), reference: 'x'.repeat(MAX_FACT_BYTES) };
  const write = shop.store.write((db) => shop.facts.append(db, saleRecorded, { aggregate: 'sale', payload }));
  await expect(write).rejects.toMatchObject({ code: 'FACT_PAYLOAD_INVALID' });
  expect(facts()).toEqual([]);
});

test('[C1] the clock of facts does not go back when the wall clock does, nor over a restart', async () => {
  await shop.sell(1);
  shop.clock.offsetMs = -3_600_000;
  await shop.sell(1);
  await shop.restart();
  await shop.sell(1);
  const clocks = facts().map(({ hlc }) => hlc);
  expect(clocks.toSorted()).toEqual(clocks);
  expect(new Set(clocks).size).toBe(3);
});
