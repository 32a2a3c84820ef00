import { callHub, type HubAddress } from '../../hub/cli/hub-client.ts';
import { productKey } from './read-transactions.ts';

/** What the hub says of one shop, through its public API. */
export interface HubBooks {
  revenueMinor: number;
  orders: number;
  /** Orders that share their reference or their receipt with another. */
  doubled: number;
  /** Receipt numbers missing between a till's first and last of an epoch. */
  receiptGaps: number;
  /** Stock on hand by `productKey`. */
  stock: Map<string, number>;
}

interface Order {
  orderId: string;
  reference?: string;
  totalMinor: number;
  receipt?: { till: string; epoch: number; number: number };
}

interface Level {
  stripeCode: string;
  totalStock: number;
}

export async function readHubBooks(hub: HubAddress, shopId: string): Promise<HubBooks> {
  const orders = await allPages<Order>(hub, `/v1/orders?shopId=${shopId}&limit=200`);
  const levels = await allPages<Level>(hub, `/v1/inventory/${shopId}?limit=200`);
  return booksOf(orders, levels);
}

/** The books of one shop from the orders and stock levels that the hub lists for it. */
export function booksOf(orders: readonly Order[], levels: readonly Level[]): HubBooks {
  const stock = new Map<string, number>();
  for (const { stripeCode, totalStock } of levels) {
    const key = productKey(stripeCode);
    stock.set(key, (stock.get(key) ?? 0) + totalStock);
  }
  return {
    revenueMinor: orders.reduce((sum, order) => sum + order.totalMinor, 0),
    orders: orders.length,
    doubled: countDoubled(orders),
    receiptGaps: countGaps(orders.flatMap(({ receipt }) => (receipt ? [receipt] : []))),
    stock,
  };
}

function countDoubled(orders: readonly Order[]): number {
  const seen = new Set<string>();
  let doubled = 0;
  for (const { orderId, reference, receipt } of orders) {
    const names = [`reference ${reference ?? orderId}`];
    if (receipt) names.push(`receipt ${receipt.till}/${receipt.epoch}/${receipt.number}`);
    if (names.some((name) => seen.has(name))) doubled += 1;
    for (const name of names) seen.add(name);
  }
  return doubled;
}

function countGaps(receipts: { till: string; epoch: number; number: number }[]): number {
  const series = Map.groupBy(receipts, ({ till, epoch }) => `${till}/${epoch}`);
  return [...series.values()].reduce((gaps, numbers) => {
    const distinct = new Set(numbers.map(({ number }) => number));
    return gaps + numbers.reduce((highest, { number }) => Math.max(highest, number), 0) - distinct.size;
  }, 0);
}

async function allPages<Item>(hub: HubAddress, path: string): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: Item[]; next: string | null } = await callHub(
      hub,
      'GET',
      cursor ? `${path}&cursor=${encodeURIComponent(cursor)}` : path,
    );
    items.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return items;
}
