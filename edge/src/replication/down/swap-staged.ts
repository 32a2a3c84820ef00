import type { Collection } from '@butik/proto/collections/define-collection';
import type { Database } from 'better-sqlite3';
import { stagingTable } from './migrations.ts';

/**
 * Makes the collection's table equal to its staging table and empties that. Only rows that differ are
 * touched, so that a refetch which changes little writes little. Runs inside the cut's transaction.
 */
export function swapStaged(db: Database, collection: Collection): void {
  const live = `"${collection.name}"`;
  const staged = `"${stagingTable(collection)}"`;
  const names = Object.keys(collection.columns).map((name) => `"${name}"`);
  const key = collection.key.map((name) => `"${name}"`);
  const others = names.filter((name) => !key.includes(name));
  const sameKey = key.map((name) => `s.${name} = l.${name}`).join(' AND ');
  const set = others.map((name) => `${name} = excluded.${name}`).join(', ');
  const differs = others.map((name) => `${live}.${name} IS NOT excluded.${name}`).join(' OR ');
  const onConflict = others.length > 0 ? `UPDATE SET ${set} WHERE ${differs}` : 'NOTHING';
  db.exec(`
    DELETE FROM ${live} AS l WHERE NOT EXISTS (SELECT 1 FROM ${staged} AS s WHERE ${sameKey});
    INSERT INTO ${live} (${names.join(', ')}) SELECT ${names.join(', ')} FROM ${staged} WHERE true
      ON CONFLICT (${key.join(', ')}) DO ${onConflict};
    DELETE FROM ${staged};
  `);
}
