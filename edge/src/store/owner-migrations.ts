import type { Migration } from './store.ts';

/** Whose store this is: the one box that may write and send its facts. */
export const ownerMigrations: Migration[] = [
  {
    id: 'owner-1',
    up: `
      CREATE TABLE store_owner (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        node TEXT NOT NULL,
        epoch INTEGER NOT NULL,
        shop_id TEXT NOT NULL
      ) STRICT;
      CREATE TRIGGER store_owner_never_changes BEFORE UPDATE ON store_owner
      BEGIN SELECT RAISE(ABORT, 'a store has one owner'); END;
      CREATE TRIGGER store_owner_is_kept BEFORE DELETE ON store_owner
      BEGIN SELECT RAISE(ABORT, 'a store has one owner'); END;
    `,
  },
];
