import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sql as template } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import type { Sql } from '../sql.ts';
import { openPgliteSql } from './open-pglite-sql.ts';

const synced: string[] = [];
let directory: string;
let sql: Sql;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'butik-sql-'));
  sql = await openPgliteSql({ directory, onSync: (path) => synced.push(path) });
  await sql.rows(template`CREATE TABLE sales (id integer PRIMARY KEY)`);
}, 60_000);

afterAll(async () => {
  await sql.close();
  rmSync(directory, { recursive: true });
});

test('a commit has synced the write-ahead log before it is acknowledged', async () => {
  synced.length = 0;
  await sql.transaction((tx) => tx.rows(template`INSERT INTO sales VALUES (1)`));
  expect(synced.filter((path) => path.includes('pg_wal/'))).toHaveLength(1);
});

test('a transaction that throws leaves nothing', async () => {
  const failing = sql.transaction(async (tx) => {
    await tx.rows(template`INSERT INTO sales VALUES (2)`);
    throw new Error('the till fell over');
  });
  await expect(failing).rejects.toThrow('the till fell over');
  expect(await sql.rows(template`SELECT id FROM sales WHERE id = 2`)).toEqual([]);
});

test('a listener hears of committed notifications only', async () => {
  const heard: string[] = [];
  const end = await sql.listen('till', (payload) => heard.push(payload));
  await sql
    .transaction(async (tx) => {
      await tx.rows(template`SELECT pg_notify('till', 'rolled back')`);
      throw new Error('undo');
    })
    .catch(() => undefined);
  await sql.transaction((tx) => tx.rows(template`SELECT pg_notify('till', 'committed')`));
  await end();
  expect(heard).toEqual(['committed']);
});

test('a second process is refused while the folder is open', async () => {
  await expect(openPgliteSql({ directory })).rejects.toMatchObject({ code: 'STORE_LOCKED' });
});

test('migrations run once, in order, and one that fails leaves nothing', async () => {
  const first = { id: '1', up: 'CREATE TABLE shelves (id integer);\nINSERT INTO shelves VALUES (1);\n' };
  await migrate(sql, 'shelf', [first]);
  await migrate(sql, 'shelf', [first, { id: '2', up: template`INSERT INTO shelves VALUES (2)` }]);
  await expect(
    migrate(sql, 'shelf', [
      { id: '3', up: 'INSERT INTO shelves VALUES (3);\nSELECT no_such_column FROM shelves' },
    ]),
  ).rejects.toThrow();
  expect(await sql.rows(template`SELECT id FROM shelves ORDER BY id`)).toEqual([{ id: 1 }, { id: 2 }]);
});

test('every acknowledged row survives kill -9, again and again', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'butik-kill-'));
  let acknowledged = 0;
  for (const commits of [3, 40, 90]) acknowledged = await killAfter(folder, commits);
  const reopened = await openPgliteSql({ directory: folder });
  const [found] = await reopened.rows<{ count: number; last: number }>(
    template`SELECT count(*)::integer AS count, max(n) AS last FROM rows`,
  );
  expect(found!.count).toBe(found!.last);
  expect(found!.last).toBeGreaterThanOrEqual(acknowledged);
  await reopened.close();
  rmSync(folder, { recursive: true });
});

/** Runs the committing process and kills it after so many acknowledged commits; returns the last number it said. */
async function killAfter(folder: string, commits: number): Promise<number> {
  const script = new URL('./commit-until-killed.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let last = 0;
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    if (++seen === commits) child.kill('SIGKILL');
  }
  expect(seen).toBeGreaterThanOrEqual(commits);
  return last;
}
