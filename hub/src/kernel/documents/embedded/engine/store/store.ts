import type { Database, Statement, Transaction } from 'better-sqlite3';
import { DynamoError } from '../dynamo-error.ts';
import { ItemTable } from './item-table.ts';
import { openDatabase } from './open-database.ts';
import type { TableDefinition } from './table-definition.ts';
import { assertTableName } from './table-name.ts';

/** The tables of one database, and what runs as one SQLite transaction. */
export class Store {
  readonly #database: Database;
  readonly #statements = new Map<string, Statement>();
  /** Definitions read so far, with their prepared statements. */
  readonly #tables = new Map<string, ItemTable>();
  /** Whether the running transaction has changed a definition, so that undoing it must empty `#tables`. */
  #redefined = false;
  /** Made once: making it costs as much as a small transaction. */
  readonly #transaction: Transaction<(work: () => unknown) => unknown>;

  constructor(directory: string | ':memory:') {
    this.#database = openDatabase(directory);
    this.#transaction = this.#database.transaction((work) => work());
  }

  /** A statement on the engine's own tables, prepared once; only for SQL that is fixed in the code. */
  statement(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  find(name: string): ItemTable | undefined {
    const known = this.#tables.get(name);
    if (known) return known;
    const row = this.statement('SELECT id, definition FROM tables WHERE name = ?').get(name) as
      | { id: number; definition: string }
      | undefined;
    if (!row) return undefined;
    const table = new ItemTable(this.#database, row.id, JSON.parse(row.definition) as TableDefinition);
    this.#tables.set(name, table);
    return table;
  }

  /** The table, or DynamoDB's answer to a request on one that is not there. */
  table(name: string): ItemTable {
    const table = this.find(name);
    if (table) return table;
    assertTableName(name);
    throw new DynamoError('ResourceNotFoundException', 'Requested resource not found');
  }

  names(after: string, limit: number): readonly string[] {
    return this.statement('SELECT name FROM tables WHERE name > ? ORDER BY name LIMIT ?')
      .pluck()
      .all(after, limit) as string[];
  }

  create(definition: TableDefinition): ItemTable {
    const { lastInsertRowid } = this.statement('INSERT INTO tables (name, definition) VALUES (?, ?)').run(
      definition.name,
      JSON.stringify(definition),
    );
    const table = new ItemTable(this.#database, Number(lastInsertRowid), definition);
    table.create();
    this.#redefined = true;
    return table;
  }

  /** Keeps a changed definition; the caller has changed the tables behind it. */
  redefine(definition: TableDefinition): ItemTable {
    this.statement('UPDATE tables SET definition = ? WHERE name = ?').run(
      JSON.stringify(definition),
      definition.name,
    );
    this.#redefined = true;
    this.#tables.delete(definition.name);
    return this.table(definition.name);
  }

  drop(name: string): void {
    this.table(name).drop();
    this.statement('DELETE FROM tables WHERE name = ?').run(name);
    this.#redefined = true;
    this.#tables.delete(name);
  }

  /** All of `work` or nothing; within another transaction, a part of it that can fail by itself. */
  transaction<Result>(work: () => Result): Result {
    try {
      return this.#transaction.immediate(work) as Result;
    } catch (error) {
      if (this.#redefined) this.#tables.clear();
      throw error;
    } finally {
      if (!this.#database.inTransaction) this.#redefined = false;
    }
  }

  close(): void {
    this.#database.close();
  }
}
