import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeTestFolder } from '../testing/open-test-edge.ts';
import { openStore, type StoreOptions } from './open-store.ts';
import type { Migration, Store } from './store.ts';

const NOTES: Migration = {
  id: 'notes-1',
  up: 'CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;',
};
const TAGS: Migration = {
  id: 'tags-1',
  up: 'CREATE TABLE tags (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;',
};

let folder: string;
let file: string;
const opened: Store[] = [];

function open(options: Partial<StoreOptions> = {}): Store {
  const store = openStore({ file, migrations: [NOTES], logger: pino({ level: 'silent' }), ...options });
  opened.push(store);
  return store;
}

const add = (store: Store, body: string) =>
  store.write((db) => Number(db.prepare('INSERT INTO notes (body) VALUES (?)').run(body).lastInsertRowid));
const bodies = (store: Store) => store.db.prepare('SELECT body FROM notes ORDER BY id').pluck().all();
/** About 40 pages of 4 KiB: more than is left when the file may not grow. */
const LARGE = 'x'.repeat(160_000);

beforeEach(() => {
  folder = makeTestFolder();
  file = join(folder, 'shop.db');
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a store that opens keeps what it acknowledges', () => {
  test('it is in WAL mode with synchronous=FULL, which SQLite here would not choose by itself', () => {
    const { db } = open();
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
  });

  test('a change is there after closing and opening again', async () => {
    const store = open();
    await add(store, 'milk');
    await store.close();
    expect(bodies(open())).toEqual(['milk']);
  });

  test('a second opening of the same file is refused', () => {
    open();
    expect(() => open()).toThrowError(expect.objectContaining({ code: 'STORE_LOCKED' }));
  });

  test('a file that is no store of Butik is refused', () => {
    writeFileSync(file, 'This is a shopping list and not a database.'.repeat(100));
    expect(() => open()).toThrowError(expect.objectContaining({ code: 'STORE_DAMAGED' }));
  });

  test('another program’s SQLite file is refused', () => {
    new Database(file).exec('CREATE TABLE photos (id INTEGER PRIMARY KEY)').close();
    expect(() => open()).toThrowError(expect.objectContaining({ code: 'STORE_DAMAGED' }));
  });
});

describe('migrations', () => {
  test('a new step is applied to a store with data, which is copied first', async () => {
    const store = open();
    await add(store, 'milk');
    await store.close();
    const migrated = open({ migrations: [TAGS, NOTES] });
    expect(bodies(migrated)).toEqual(['milk']);
    expect(migrated.db.pragma('user_version', { simple: true })).toBe(2);
    expect(migrated.db.prepare('SELECT count(*) FROM tags').pluck().get()).toBe(0);
    const copy = new Database(`${file}.before-migration`, { readonly: true });
    expect(copy.prepare('SELECT body FROM notes').pluck().all()).toEqual(['milk']);
    copy.close();
  });

  test('a new store is not copied', () => {
    open();
    expect(existsSync(`${file}.before-migration`)).toBe(false);
  });

  test('a store that a newer version wrote is refused and left as it is', async () => {
    await open({ migrations: [NOTES, TAGS] }).close();
    expect(() => open({ migrations: [NOTES] })).toThrowError(
      expect.objectContaining({ code: 'STORE_NEWER', details: { steps: ['tags-1'] } }),
    );
    expect(open({ migrations: [NOTES, TAGS] }).db.pragma('user_version', { simple: true })).toBe(2);
  });

  test('a step that fails leaves the store at the step before', async () => {
    const store = open();
    await add(store, 'milk');
    await store.close();
    const broken = {
      id: 'broken-1',
      up: 'CREATE TABLE half (id INTEGER) STRICT; CREATE TABLE notes (id INTEGER);',
    };
    expect(() => open({ migrations: [NOTES, broken] })).toThrowError('already exists');
    const again = open();
    expect(bodies(again)).toEqual(['milk']);
    expect(again.db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'half'`).get()).toBeUndefined();
  });
});

describe('changes that arrive together', () => {
  test('share one commit and each gets its own result', async () => {
    const store = open();
    const ids = await Promise.all(['a', 'b', 'c'].map((body) => add(store, body)));
    expect(ids).toEqual([1, 2, 3]);
  });

  test('one that throws is undone alone', async () => {
    const store = open();
    const bad = store.write((db) => {
      db.prepare('INSERT INTO notes (body) VALUES (?)').run('half');
      throw new Error('changed my mind');
    });
    const [before, failed, after] = await Promise.allSettled([add(store, 'a'), bad, add(store, 'b')]);
    expect(before.status).toBe('fulfilled');
    expect(failed).toMatchObject({ status: 'rejected', reason: { message: 'changed my mind' } });
    expect(after.status).toBe('fulfilled');
    expect(bodies(store)).toEqual(['a', 'b']);
  });

  test('one that throws while it is alone leaves nothing either', async () => {
    const store = open();
    const bad = store.write((db) => {
      db.prepare('INSERT INTO notes (body) VALUES (?)').run('half');
      throw new Error('changed my mind');
    });
    await expect(bad).rejects.toThrow('changed my mind');
    await add(store, 'a');
    expect(bodies(store)).toEqual(['a']);
  });

  test('a job that hides a failure of the disk takes nobody’s change for kept', async () => {
    const store = open();
    const hides = store.write((db) => db.exec('ROLLBACK') && 'fine');
    const results = await Promise.allSettled([add(store, 'a'), hides, add(store, 'b')]);
    expect(results).toEqual(
      results.map(() => ({ status: 'rejected', reason: expect.objectContaining({ code: 'STORE_FAILED' }) })),
    );
    expect(bodies(store)).toEqual([]);
  });

  test('a result is told only once it is committed', async () => {
    const store = open();
    let inTransaction: boolean | undefined;
    await add(store, 'a').then(() => {
      inTransaction = store.db.inTransaction;
    });
    expect(inTransaction).toBe(false);
  });

  test('when the disk is full none of them is kept, and the next one is once there is room', async () => {
    const store = open();
    await add(store, 'kept');
    const pages = Number(store.db.pragma('page_count', { simple: true }));
    store.db.pragma(`max_page_count = ${pages + 4}`);
    const results = await Promise.allSettled([
      add(store, 'small'),
      add(store, LARGE),
      add(store, 'small too'),
    ]);
    expect(results).toEqual(
      results.map(() => ({ status: 'rejected', reason: expect.objectContaining({ code: 'STORE_FULL' }) })),
    );
    expect(bodies(store)).toEqual(['kept']);
    store.db.pragma('max_page_count = 100000');
    await add(store, LARGE);
    expect(bodies(store)).toEqual(['kept', LARGE]);
  });

  test('a store that may not grow says so from the start', async () => {
    const store = open({ maxPages: 8 });
    await expect(add(store, LARGE)).rejects.toMatchObject({ code: 'STORE_FULL' });
  });

  test('closing first finishes what was asked before', async () => {
    const store = open();
    const asked = add(store, 'last');
    await store.close();
    await expect(asked).resolves.toBe(1);
    await expect(add(store, 'too late')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(bodies(open())).toEqual(['last']);
  });

  test('the turn that was scheduled before closing finds nothing to do and logs no failure', async () => {
    const errors: string[] = [];
    const logger = pino({ level: 'error' }, { write: (line) => errors.push(line) });
    const store = open({ logger });
    const asked = add(store, 'last');
    await store.close();
    await asked;
    await new Promise(setImmediate);
    expect(errors).toEqual([]);
  });

  test('more than the box keeps in line are refused at once, and those in line are done', async () => {
    const store = open();
    const asked = Array.from({ length: 10_001 }, (_, index) => add(store, String(index)));
    const results = await Promise.allSettled(asked);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10_000);
    expect(results.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'STORE_BUSY' } });
  });
});

describe('facts', () => {
  test('listeners hear of a commit that wrote facts, and of no other', async () => {
    const store = open();
    let heard = 0;
    const stop = store.onFacts(() => {
      heard += 1;
    });
    await add(store, 'no fact');
    expect(heard).toBe(0);
    await store.write(() => store.markFacts());
    expect(heard).toBe(1);
    await store
      .write(() => {
        store.markFacts();
        throw new Error('undone');
      })
      .catch(() => undefined);
    expect(heard).toBe(1);
    stop();
    await store.write(() => store.markFacts());
    expect(heard).toBe(1);
  });
});
