import type { Store } from '../store/store.ts';

export interface SeedProduct {
  id: string;
  code: string;
  name: string;
  unit?: 'piece' | 'gram';
  vatCategory?: string;
  category?: string;
  active?: boolean;
  /** Absent: no price. */
  priceMinor?: number;
  prices?: { scope: string; amountMinor: number; validFrom: string; validTo?: string; currency?: string }[];
}

const LONG_AGO = '2020-01-01T00:00:00.000Z';

/** Puts products and prices where replication puts them, as one cut. */
export async function seedCatalogue(store: Store, products: readonly SeedProduct[]): Promise<void> {
  await store.write((db) => {
    const addProduct = db.prepare(
      `INSERT OR REPLACE INTO products (id, code, name, unit, vat_category, category, attributes, active)
       VALUES (?, ?, ?, ?, ?, ?, '{}', ?)`,
    );
    const addPrice = db.prepare(
      `INSERT OR REPLACE INTO prices (id, product_id, scope, amount_minor, currency, valid_from, valid_to)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const product of products) {
      const { id, code, name, unit = 'piece', vatCategory = 'standard', category, active = true } = product;
      addProduct.run(id, code, name, unit, vatCategory, category ?? null, active ? 1 : 0);
      const plain =
        product.priceMinor === undefined
          ? []
          : [{ scope: 'chain', amountMinor: product.priceMinor, validFrom: LONG_AGO }];
      for (const price of [...plain, ...(product.prices ?? [])]) {
        const key = `${id}/${price.scope}/${price.validFrom}`;
        const { currency = 'SEK', validTo = null } = price as { currency?: string; validTo?: string | null };
        addPrice.run(key, id, price.scope, price.amountMinor, currency, price.validFrom, validTo);
      }
    }
    db.prepare(
      `INSERT INTO replica_positions (collection, handle, offset) VALUES ('products', 'test', '1_0')
       ON CONFLICT (collection) DO UPDATE SET offset = (CAST(offset AS INTEGER) + 1) || '_0'`,
    ).run();
  });
}
