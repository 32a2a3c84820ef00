import { type Collection, columnType } from '@butik/proto/collections/define-collection';
import type { Database } from 'better-sqlite3';
import type { Migration } from '../../store/store.ts';

/** Where a collection's rows wait while a first load or a refetch is under way. */
export function stagingTable(collection: Collection): string {
  return `${collection.name}_staging`;
}

/**
 * The tables of what flows down: one a collection with the collection's name, one beside it for
 * staging, and where each stands in the hub's log. A raised version loads the collection anew while
 * the rows of the old one sell on; columns that it gained are added by `addMissingColumns`.
 */
export function replicaMigrations(collections: readonly Collection[]): Migration[] {
  return [{ id: 'replica-1', up: STATE_TABLES }, ...collections.flatMap(collectionSteps)];
}

function collectionSteps(collection: Collection): Migration[] {
  const { name, version } = collection;
  const create = {
    id: `replica-${name}-1`,
    up: tableSql(collection, name) + tableSql(collection, stagingTable(collection)),
  };
  const loadAnew = `
    DELETE FROM replica_positions WHERE collection = '${name}';
    DELETE FROM replica_staging WHERE collection = '${name}';`;
  const raised = Array.from({ length: version - 1 }, (_, index) => ({
    id: `replica-${name}-${index + 2}`,
    up: loadAnew,
  }));
  return [create, ...raised];
}

const STATE_TABLES = `
  CREATE TABLE replica_positions (
    collection TEXT PRIMARY KEY,
    handle TEXT NOT NULL,
    offset TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE replica_staging (
    collection TEXT PRIMARY KEY,
    handle TEXT NOT NULL,
    offset TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE replica_cut (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    position TEXT NOT NULL,
    committed_at INTEGER NOT NULL
  ) STRICT;
`;

const SQLITE_TYPES = {
  uuid: 'TEXT',
  text: 'TEXT',
  integer: 'INTEGER',
  boolean: 'INTEGER',
  json: 'TEXT',
} as const;

function tableSql(collection: Collection, table: string): string {
  const columns = Object.entries(collection.columns).map(([name, spec]) => {
    const { type, nullable } = columnType(spec);
    return `"${name}" ${SQLITE_TYPES[type]}${nullable ? '' : ' NOT NULL'}`;
  });
  const key = collection.key.map((name) => `"${name}"`).join(', ');
  return `CREATE TABLE "${table}" (${columns.join(', ')}, PRIMARY KEY (${key})) STRICT;`;
}

/** Adds, empty, the columns that a collection has gained since its tables were made. Safe to call at every start. */
export function addMissingColumns(db: Database, collection: Collection): void {
  for (const table of [collection.name, stagingTable(collection)]) {
    const there = db.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table);
    for (const [name, spec] of Object.entries(collection.columns)) {
      if (there.includes(name)) continue;
      db.exec(`ALTER TABLE "${table}" ADD COLUMN "${name}" ${SQLITE_TYPES[columnType(spec).type]}`);
    }
  }
}
