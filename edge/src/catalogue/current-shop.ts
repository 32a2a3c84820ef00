import type { Database } from 'better-sqlite3';
import type { Identity } from '../provisioning/identity.ts';

export type CurrentShop = Identity['shop'];

/** This shop as head office last described it; as it was enrolled until the first description came. */
export function createShopReader(db: Database, identity: Identity): () => CurrentShop {
  const find = db.prepare<[string], CurrentShop>(
    `SELECT id AS shopId, name, currency, country, time_zone AS timeZone, fiscal_mode AS fiscalMode
     FROM shops WHERE id = ?`,
  );
  return () => find.get(identity.shop.shopId) ?? identity.shop;
}
