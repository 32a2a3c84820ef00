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

export async function readHubBooks(hub: HubAddress, shopId: string): Promise<HubBooks> {
  const orders = await allPages<Order>(hub, `/v1/orders?shopId=${shopId}&limit=200`);
  const levels = await allPages<{ stripeCode: string; totalStock: number }>(
    hub,
    `/v1/inventory/${shopId}?limit=200`,
  );
  const references = new Set(orders.map((order) => order.reference ?? order.orderId));
  const receipts = orders.flatMap(({ receipt }) => (receipt ? [receipt] : []));
  return {
    revenueMinor: orders.reduce((sum, order) => sum + order.totalMinor, 0),
    orders: orders.length,
    doubled: orders.length - references.size,
    receiptGaps: countGaps(receipts),
    stock: new Map(levels.map((level) => [productKey(level.stripeCode), level.totalStock])),
  };
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
