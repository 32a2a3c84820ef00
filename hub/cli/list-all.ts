import { ButikError } from '@butik/proto/errors/butik-error';
import type { Page } from '../src/services/pages.ts';
import { callHub, type HubAddress } from './hub-client.ts';

const PAGE = 200;
/** A million items; a list that goes on longer goes in circles. */
const MAX_PAGES = 5_000;

/** Everything of a list of the hub's API, page after page. */
export async function listAll<Item>(address: HubAddress, path: string): Promise<Item[]> {
  const items: Item[] = [];
  let cursor = '';
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await callHub<Page<Item>>(address, 'GET', `${path}?limit=${PAGE}${cursor}`);
    items.push(...page.items);
    if (page.next === null) return items;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
  throw new ButikError('INTERNAL', { message: `The list ${path} does not end.` });
}
