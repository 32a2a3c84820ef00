import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COLLECTIONS } from '@butik/proto/collections/registry';
import { type SaleRecorded, saleRecorded } from '@butik/proto/facts/sale-recorded';
import { stockMoved } from '@butik/proto/facts/stock-moved';
import { numberedId } from '@butik/sync/testing/numbered-id';
import { pino } from 'pino';
import { v7 } from 'uuid';
import { vi } from 'vitest';
import type { Identity } from '../../provisioning/identity.ts';
import { sha256 } from '../../sha256.ts';
import { openStore } from '../../store/open-store.ts';
import type { Store } from '../../store/store.ts';
import { replicaMigrations } from '../down/migrations.ts';
import { createFactWriter, type FactWriter } from '../outbox/append-fact.ts';
import { outboxMigrations } from '../outbox/migrations.ts';
import { type Replication, startReplication } from '../start-replication.ts';
import type { StubHub } from './stub-hub.ts';

/** For tests: a box with a real store, enrolled at a stub hub. */
export interface TestShop {
  store: Store;
  identity: Identity;
  clock: { offsetMs: number };
  /** The line to the hub; a cut one fails every request. */
  line: { isCut: boolean };
  facts: FactWriter;
  /** Each cut as it was committed. */
  cuts: { position: string; changed: string[] }[];
  replication: Replication;
  /** Records `count` sales, each in a transaction of its own. */
  sell(count: number): Promise<void>;
  /** Records that goods moved. */
  moveStock(): Promise<void>;
  rows(sql: string): Record<string, unknown>[];
  start(): void;
  /** Closes the store and opens it again, as a restart does; replication is not started. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export function openTestShop(
  hub: StubHub,
  { hubUrl = hub.url, followsHub = true }: { hubUrl?: string; followsHub?: boolean } = {},
): TestShop {
  const folder = mkdtempSync(join(tmpdir(), 'butik-replication-'));
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  hub.publicKeyX = jwk.x!;
  const clock = { offsetMs: 0 };
  const line = { isCut: false };
  const fetchOverLine: typeof fetch = (input, init) =>
    line.isCut || (!followsHub && String(input).includes('/shape'))
      ? Promise.reject(new TypeError('fetch failed'))
      : fetch(input, init);
  const ports = { clock: { now: () => Date.now() + clock.offsetMs }, newId: () => v7() };
  const logger = pino({ level: 'silent' });
  const identity: Identity = {
    nodeId: numberedId(77),
    epoch: 1,
    hubUrl,
    shop: {
      shopId: numberedId(1),
      name: 'Hörnan',
      currency: 'SEK',
      country: 'SE',
      timeZone: 'Europe/Stockholm',
      fiscalMode: 'manned',
    },
    privateKey: { kty: 'OKP', crv: 'Ed25519', x: jwk.x!, d: jwk.d! },
  };
  const openAgain = () => {
    shop.store = openStore({
      file: join(folder, 'shop.db'),
      migrations: [...outboxMigrations, ...replicaMigrations(COLLECTIONS)],
      logger,
    });
    shop.facts = createFactWriter({ identity, ports, store: shop.store, sha256 });
  };
  const shop = {
    identity,
    clock,
    line,
    cuts: [] as TestShop['cuts'],
    replication: null as unknown as Replication,
    async sell(count: number) {
      for (let sale = 0; sale < count; sale += 1) {
        await shop.store.write((db) => {
          const payload = aSale();
          shop.facts.append(db, saleRecorded, { aggregate: payload.saleId, payload });
        });
      }
    },
    async moveStock() {
      const causeId = v7();
      await shop.store.write((db) => {
        const movement = {
          movementId: v7(),
          productId: numberedId(5),
          code: '1',
          quantity: -1,
          costMinor: null,
        };
        const movedAt = '2026-03-01T12:00:00.000Z';
        const payload = { causeId, reason: 'sale' as const, movedAt, currency: 'SEK', movements: [movement] };
        shop.facts.append(db, stockMoved, { aggregate: causeId, payload });
      });
    },
    rows: (sql: string) => shop.store.db.prepare(sql).all() as Record<string, unknown>[],
    start() {
      shop.replication = startReplication({
        store: shop.store,
        identity,
        ports,
        logger,
        fetch: fetchOverLine,
        retry: { baseMs: 5, maxMs: 20 },
        refusedRetryMs: 20,
        random: () => 0.5,
        onCut: (position, changed) => shop.cuts.push({ position, changed }),
      });
    },
    async restart() {
      await shop.replication?.close();
      await shop.store.close();
      openAgain();
    },
    async close() {
      await shop.replication?.close();
      await shop.store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  } as TestShop;
  openAgain();
  return shop;
}

/** Waits until `check` holds; fails with what it last threw. */
export function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 15_000, interval: 10 });
}

export function aSale(): SaleRecorded {
  const saleId = v7();
  return {
    saleId,
    kind: 'sale',
    receipt: { till: '1', epoch: 1, number: 1, journalHash: 'x' },
    soldAt: '2026-03-01T12:00:00.000Z',
    businessDay: '2026-03-01',
    currency: 'SEK',
    lines: [
      {
        productId: numberedId(5),
        code: '7310865004703',
        name: 'Mjölk 3 %',
        unit: 'piece',
        quantity: 1,
        listPriceMinor: 1490,
        unitPriceMinor: 1490,
        vatCategory: 'food',
        rateBp: 1200,
        amountMinor: 1490,
      },
    ],
    vat: [{ rateBp: 1200, grossMinor: 1490, netMinor: 1330, vatMinor: 160 }],
    totalMinor: 1490,
    roundingMinor: 0,
    payableMinor: 1490,
    tenders: [{ type: 'external', amountMinor: 1490 }],
    changeMinor: 0,
  };
}

export function aProduct(number: number, name = `Vara ${number}`) {
  return {
    id: numberedId(number),
    code: String(7_300_000_000_000 + number),
    name,
    description: null,
    unit: 'piece',
    vat_category: 'food',
    category: null,
    attributes: { ingredients: 'salt' },
    active: true,
  };
}

export function aPrice(number: number, amountMinor: number) {
  return {
    id: `${numberedId(number)}/chain/2026-01-01T00:00:00.000Z`,
    product_id: numberedId(number),
    scope: 'chain',
    amount_minor: amountMinor,
    currency: 'SEK',
    valid_from: '2026-01-01T00:00:00.000Z',
    valid_to: null,
  };
}
