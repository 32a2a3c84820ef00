import Database from 'better-sqlite3';
import { priceRow, productRow } from '../load/catalogue-rows.ts';

/** The rows of the catalogue as documents of one database. */
export function* catalogueDocuments(products: number): Generator<object> {
  for (let n = 0; n < products; n++) {
    for (const [collection, row] of [
      ['products', productRow(n)] as const,
      ['prices', priceRow(n)] as const,
    ]) {
      const { id, ...rest } = row;
      yield { _id: `${collection}/${id}`, ...rest };
    }
  }
}

/** The facts in a box's outbox, each a document as it crosses the wire. */
export function* factDocuments(store: string): Generator<object> {
  const db = new Database(store, { readonly: true });
  const facts = db.prepare<[], { id: string } & Record<string, unknown>>(
    `SELECT id, channel, seq, hlc, type, version, aggregate, payload, prev_hash AS prevHash, hash FROM outbox`,
  );
  try {
    for (const { id, ...rest } of facts.iterate()) yield { _id: id, ...rest };
  } finally {
    db.close();
  }
}
