import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sql as template } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sqlContract } from '../sql.contract.ts';
import type { Sql } from '../sql.ts';
import { makeTestDatabase } from '../testing/test-database.ts';
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

sqlContract('PGlite', makeTestDatabase);

test('a commit has synced the write-ahead log before it is acknowledged', async () => {
  synced.length = 0;
  await sql.transaction((tx) => tx.rows(template`INSERT INTO sales VALUES (1)`));
  expect(synced.filter((path) => path.includes('pg_wal/'))).toHaveLength(1);
});

test('a second process is refused while the folder is open', async () => {
  await expect(openPgliteSql({ directory })).rejects.toMatchObject({ code: 'STORE_LOCKED' });
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
