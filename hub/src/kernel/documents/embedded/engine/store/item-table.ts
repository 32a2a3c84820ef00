import type { Database, Statement } from 'better-sqlite3';
import type { SortBound } from '../expressions/key-condition.ts';
import { attributeOf, type Item } from '../values/attribute-value.ts';
import type { SortableKey } from '../values/sortable-key.ts';
import { type EncodedKey, encodeIndexKey } from './keys.ts';
import type { IndexDefinition, TableDefinition } from './table-definition.ts';

export interface StoredItem {
  readonly id: number;
  readonly item: Item;
}

/** A range of one table or index, in key order. */
export interface Range {
  readonly index?: IndexDefinition | undefined;
  /** Without a hash key: everything. */
  readonly hash?: SortableKey | undefined;
  readonly sort: readonly SortBound[];
  /** The entry to go on behind; in an index, with its place there. */
  readonly after?: { readonly key: EncodedKey; readonly indexKey?: EncodedKey | undefined } | undefined;
  readonly descending: boolean;
}

export interface RangeRow {
  readonly hk: SortableKey;
  readonly item: string;
  readonly size: number;
}

interface ItemRow {
  readonly id: number;
  readonly hk: SortableKey;
  readonly sk: SortableKey;
  readonly item: string;
}

/**
 * The items of one table and the entries of its indexes. Items are rows of JSON under their encoded key;
 * an index holds keys and the row they stand for, so its readers see exactly the items of the table.
 */
export class ItemTable {
  readonly definition: TableDefinition;
  readonly #database: Database;
  readonly #items: string;
  /** The texts of what runs for every item; put together anew each time, they would cost more than a look-up. */
  readonly #sql: Readonly<Record<'get' | 'insert' | 'update' | 'remove', string>>;
  readonly #statements = new Map<string, Statement>();

  constructor(database: Database, id: number, definition: TableDefinition) {
    this.#database = database;
    this.#items = `items_${id}`;
    this.#sql = {
      get: `SELECT id, item FROM ${this.#items} WHERE hk = ? AND sk = ?`,
      insert: `INSERT INTO ${this.#items} (hk, sk, size, expires_s, item) VALUES (?, ?, ?, ?, ?)`,
      update: `UPDATE ${this.#items} SET size = ?, expires_s = ?, item = ? WHERE id = ?`,
      remove: `DELETE FROM ${this.#items} WHERE id = ?`,
    };
    this.definition = definition;
  }

  create(): void {
    this.#database.exec(`
      CREATE TABLE ${this.#items} (
        id INTEGER PRIMARY KEY, hk ANY NOT NULL, sk ANY NOT NULL, size INTEGER NOT NULL,
        expires_s INTEGER, item TEXT NOT NULL, UNIQUE (hk, sk)
      ) STRICT;
      CREATE INDEX ${this.#items}_expiry ON ${this.#items} (expires_s) WHERE expires_s IS NOT NULL`);
    for (const index of this.definition.indexes) this.createIndex(index);
  }

  drop(): void {
    for (const index of this.definition.indexes) this.dropIndex(index);
    this.#database.exec(`DROP TABLE ${this.#items}`);
  }

  /** The index with an entry for every item that has its keys, of the right types. */
  createIndex(index: IndexDefinition): void {
    this.#database.exec(`
      CREATE TABLE ${this.#indexName(index)} (
        ihk ANY NOT NULL, isk ANY NOT NULL, hk ANY NOT NULL, sk ANY NOT NULL, id INTEGER NOT NULL,
        PRIMARY KEY (ihk, isk, hk, sk)
      ) STRICT, WITHOUT ROWID`);
  }

  dropIndex(index: IndexDefinition): void {
    this.#database.exec(`DROP TABLE ${this.#indexName(index)}`);
  }

  count(): number {
    const row = this.#statement(`SELECT count(*) AS items FROM ${this.#items}`).get() as { items: number };
    return row.items;
  }

  get(key: EncodedKey): StoredItem | undefined {
    const row = this.#statement(this.#sql.get).get(key.hash, key.sort) as
      | { id: number; item: string }
      | undefined;
    return row && { id: row.id, item: JSON.parse(row.item) as Item };
  }

  put(key: EncodedKey, next: Item, size: number, old: StoredItem | undefined): void {
    const text = JSON.stringify(next);
    const expires = this.#expiry(next);
    if (old) {
      this.#statement(this.#sql.update).run(size, expires, text, old.id);
      this.#moveEntries(key, old.id, old.item, next);
      return;
    }
    const { lastInsertRowid } = this.#statement(this.#sql.insert).run(
      key.hash,
      key.sort,
      size,
      expires,
      text,
    );
    this.#moveEntries(key, Number(lastInsertRowid), undefined, next);
  }

  remove(key: EncodedKey, old: StoredItem): void {
    this.#statement(this.#sql.remove).run(old.id);
    this.#moveEntries(key, old.id, old.item, undefined);
  }

  /** Enters the item into an index that was added later. */
  enter(index: IndexDefinition, id: number, key: EncodedKey, entry: EncodedKey): void {
    this.#statement(
      `INSERT INTO ${this.#indexName(index)} (ihk, isk, hk, sk, id) VALUES (?, ?, ?, ?, ?)`,
    ).run(entry.hash, entry.sort, key.hash, key.sort, id);
  }

  /** Notes anew when the items expire, after the attribute that says so has changed. */
  setExpiry(id: number, item: Item): void {
    this.#statement(`UPDATE ${this.#items} SET expires_s = ? WHERE id = ?`).run(this.#expiry(item), id);
  }

  /** Deletes up to `limit` items that expired before `nowSeconds`; says how many. */
  expire(nowSeconds: number, limit: number): number {
    const rows = this.#statement(
      `SELECT id, hk, sk, item FROM ${this.#items} WHERE expires_s < ? ORDER BY expires_s LIMIT ?`,
    ).all(nowSeconds, limit) as ItemRow[];
    for (const row of rows) {
      this.remove({ hash: row.hk, sort: row.sk }, { id: row.id, item: JSON.parse(row.item) as Item });
    }
    return rows.length;
  }

  /** Items by row number, for walks over the whole table that write on their way. */
  itemsAfter(id: number, limit: number): readonly (StoredItem & { readonly key: EncodedKey })[] {
    const rows = this.#statement(
      `SELECT id, hk, sk, item FROM ${this.#items} WHERE id > ? ORDER BY id LIMIT ?`,
    ).all(id, limit) as ItemRow[];
    return rows.map((row) => ({
      id: row.id,
      key: { hash: row.hk, sort: row.sk },
      item: JSON.parse(row.item) as Item,
    }));
  }

  /** The rows of a range, one by one; no other statement may run until the walk has ended. */
  range(range: Range): IterableIterator<RangeRow> {
    const { index } = range;
    const order = range.descending ? 'DESC' : 'ASC';
    const beyond = range.descending ? '<' : '>';
    const [hash, sort] = index ? ['x.ihk', 'x.isk'] : ['t.hk', 't.sk'];
    const where: string[] = [];
    const values: SortableKey[] = [];
    if (range.hash !== undefined) {
      where.push(`${hash} = ?`);
      values.push(range.hash);
    }
    for (const { operator, key } of range.sort) {
      where.push(`${sort} ${operator} ?`);
      values.push(key);
    }
    if (range.after) {
      const { key, indexKey } = range.after;
      const place: [string, SortableKey][] = [
        ...(range.hash === undefined && indexKey ? [[hash, indexKey.hash] as [string, SortableKey]] : []),
        ...(indexKey ? [[sort, indexKey.sort] as [string, SortableKey]] : []),
        ...(index || range.hash === undefined
          ? [[index ? 'x.hk' : 't.hk', key.hash] as [string, SortableKey]]
          : []),
        [index ? 'x.sk' : 't.sk', key.sort],
      ];
      where.push(`(${place.map(([column]) => column)}) ${beyond} (${place.map(() => '?')})`);
      values.push(...place.map(([, value]) => value));
    }
    const from = index
      ? `${this.#indexName(index)} x CROSS JOIN ${this.#items} t ON t.id = x.id`
      : `${this.#items} t`;
    const columns = [hash, sort, ...(index ? ['x.hk', 'x.sk'] : [])].map((column) => `${column} ${order}`);
    const condition = where.length > 0 ? `WHERE ${where.join(' AND ')}` : '';
    return this.#statement(
      `SELECT t.hk, t.size, t.item FROM ${from} ${condition} ORDER BY ${columns.join(', ')}`,
    ).iterate(...values) as IterableIterator<RangeRow>;
  }

  /** Epoch seconds; what is no number, or too large for one, never expires. */
  #expiry(item: Item): number | null {
    const name = this.definition.ttlAttribute;
    const value = name === undefined ? undefined : attributeOf(item, name);
    const seconds = value && 'N' in value ? Math.floor(Number(value.N)) : Number.NaN;
    return Number.isSafeInteger(seconds) ? seconds : null;
  }

  #moveEntries(key: EncodedKey, id: number, old: Item | undefined, next: Item | undefined): void {
    for (const index of this.definition.indexes) {
      const before = old && encodeIndexKey(index, old);
      const after = next && encodeIndexKey(index, next);
      if (before && after && sameKey(before.hash, after.hash) && sameKey(before.sort, after.sort)) continue;
      if (before) {
        this.#statement(
          `DELETE FROM ${this.#indexName(index)} WHERE ihk = ? AND isk = ? AND hk = ? AND sk = ?`,
        ).run(before.hash, before.sort, key.hash, key.sort);
      }
      if (after) this.enter(index, id, key, after);
    }
  }

  #indexName(index: IndexDefinition): string {
    return `${this.#items}_index_${index.number}`;
  }

  #statement(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function sameKey(one: SortableKey, other: SortableKey): boolean {
  return typeof one === 'string' ? one === other : typeof other !== 'string' && one.equals(other);
}
