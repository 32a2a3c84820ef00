import { ButikError } from '@butik/proto/errors/butik-error';
import { decodeCursor, encodeCursor, type Page, type PageQuery } from '../pages.ts';
import type { Shop } from './shop.ts';
import { fromStored, type ShopContext } from './shop-context.ts';

/** The shop with this id. Throws SHOP_NOT_FOUND. */
export async function getShop({ table }: ShopContext, shopId: string): Promise<Shop> {
  const item = await table.getModel('Shop').get({ shopId }, { consistent: true });
  if (!item) throw new ButikError('SHOP_NOT_FOUND', { details: { shopId } });
  return fromStored(item);
}

/** A page of shops in the order in which they were made. */
export async function listShops({ table }: ShopContext, query: PageQuery): Promise<Page<Shop>> {
  const next = decodeCursor(query.cursor, { gs1pk: 'shops' });
  const page = await table
    .getModel('Shop')
    .find({}, { index: 'gs1', limit: query.limit, maxPages: 1, ...(next && { next }) });
  return { items: page.map(fromStored), next: encodeCursor(page.next) };
}
