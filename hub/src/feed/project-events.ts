import { prices } from '@butik/proto/collections/prices';
import { products } from '@butik/proto/collections/products';
import { shops } from '@butik/proto/collections/shops';
import type { CloudEvent } from '@butik/proto/events/cloud-event';
import { catalogueChanged } from '@butik/proto/events/product';
import { shopChanged } from '@butik/proto/events/shop';
import type { Subscription } from '../kernel/bus/bus.ts';
import { takeOnce } from '../kernel/outbox/sql-inbox.ts';
import type { Sql, SqlTx } from '../kernel/sql/sql.ts';
import { deleteRows, upsertRows } from './write-rows.ts';

type Projection = (tx: SqlTx, data: unknown) => Promise<void>;

/** What each event changes in the schema `feed`. A replicated collection adds its line here. */
const PROJECTIONS: Record<string, Projection> = {
  [catalogueChanged.type]: async (tx, data) => {
    const changed = catalogueChanged.data.parse(data);
    await upsertRows(tx, products, changed.products);
    await upsertRows(tx, prices, changed.prices);
    await deleteRows(
      tx,
      prices,
      changed.removedPriceIds.map((id) => ({ id })),
    );
  },
  [shopChanged.type]: async (tx, data) => {
    await upsertRows(tx, shops, [shopChanged.data.parse(data).shop]);
  },
};

/** The feed as a consumer of the bus. */
export const feedConsumer = { consumer: 'feed', types: Object.keys(PROJECTIONS) };

/**
 * Projects the services' events into the tables that shops follow. Everything of one event lands in
 * one transaction, so it gets one position and shops see it change together.
 */
export function feedSubscription(sql: Sql): Subscription {
  return {
    ...feedConsumer,
    // A price change that was given up would be wrong in the shops without anybody seeing it.
    giveUp: false,
    handle: (event) => project(sql, event),
  };
}

async function project(sql: Sql, event: CloudEvent): Promise<void> {
  await sql.transaction(async (tx) => {
    if (!(await takeOnce(tx, 'feed', event.id))) return;
    await PROJECTIONS[event.type]?.(tx, event.data);
  });
}
