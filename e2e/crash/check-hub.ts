import { callHub, type HubAddress } from '../../hub/cli/hub-client.ts';
import { booksOf } from '../replay/hub-books.ts';
import { expectedStock } from './check-store.ts';
import { type Findings, noFindings } from './findings.ts';
import type { Ledger } from './ledger.ts';

export interface HubOrder {
  orderId: string;
  reference?: string;
  totalMinor: number;
  receipt?: { till: string; epoch: number; number: number };
}

export interface HubLevel {
  productId: string;
  stripeCode: string;
  totalStock: number;
}

/** Compares what the hub has of one shop, once it has applied everything, with what the clients were told. */
export async function checkHub(
  hub: HubAddress,
  shop: { name: string; shopId: string; ledger: Ledger },
): Promise<Findings> {
  const orders = await allPages<HubOrder>(hub, `/v1/orders?shopId=${shop.shopId}&limit=200`);
  const levels = await allPages<HubLevel>(hub, `/v1/inventory/${shop.shopId}?limit=200`);
  return compareHub(shop, orders, levels);
}

export function compareHub(
  { name, ledger }: { name: string; ledger: Ledger },
  orders: readonly HubOrder[],
  levels: readonly HubLevel[],
): Findings {
  const found = noFindings();
  const say = (text: string) => `hub of ${name}: ${text}`;
  const byReference = Map.groupBy(orders, ({ reference }) => reference ?? '');
  for (const [reference, { length }] of byReference) {
    if (!ledger.acknowledged.has(reference))
      found.doubled.push(say(`order ${reference} was not acknowledged`));
    if (length > 1) found.doubled.push(say(`order ${reference} is there ${length} times`));
  }
  for (const [key, acknowledged] of ledger.acknowledged) {
    if (acknowledged.kind === 'delivery') continue;
    const order = byReference.get(key)?.[0];
    const { totalMinor, receipt } = acknowledged.answer;
    if (order?.totalMinor === totalMinor && order.receipt?.number === receipt.number) continue;
    found.lost.push(say(`${acknowledged.kind} ${key}${order ? ' has another content' : ''}`));
  }
  const { receiptGaps } = booksOf(orders, levels);
  if (receiptGaps > 0) found.receiptGaps.push(say(`${receiptGaps} numbers are missing`));
  const expected = expectedStock(ledger);
  const kept = new Map(levels.map(({ productId, totalStock }) => [productId, totalStock]));
  for (const productId of new Set([...expected.keys(), ...kept.keys()])) {
    const [wanted, there] = [expected.get(productId) ?? 0, kept.get(productId) ?? 0];
    if (wanted !== there) found.corrupt.push(say(`stock of ${productId} is ${there}, not ${wanted}`));
  }
  return found;
}

async function allPages<Item>(hub: HubAddress, path: string): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor ? `${path}&cursor=${encodeURIComponent(cursor)}` : path;
    const page: { items: Item[]; next: string | null } = await callHub(hub, 'GET', query);
    items.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return items;
}
