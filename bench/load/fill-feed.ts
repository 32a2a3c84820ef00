import { prices } from '@butik/proto/collections/prices';
import { products } from '@butik/proto/collections/products';
import { ensureFeedTables } from '../../hub/src/feed/tables.ts';
import { upsertRows } from '../../hub/src/feed/write-rows.ts';
import type { Sql } from '../../hub/src/kernel/sql/sql.ts';
import { priceRow, productRow } from './catalogue-rows.ts';

const STEP = 10_000;

/** Puts so many products, with a price each, where shops follow them: by the feed's own hand. */
export async function fillFeed(sql: Sql, count: number): Promise<void> {
  await ensureFeedTables(sql);
  for (let from = 0; from < count; from += STEP) {
    const numbers = Array.from({ length: Math.min(STEP, count - from) }, (_, index) => from + index);
    await sql.transaction(async (tx) => {
      await upsertRows(tx, products, numbers.map(productRow));
      await upsertRows(tx, prices, numbers.map(priceRow));
    });
  }
}
