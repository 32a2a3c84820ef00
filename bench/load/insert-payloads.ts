/**
 * A process: inserts the payloads that wait in a box's outbox into one plain table of the engine that the hub
 * stands on, in the batches in which the box would send them, a durable transaction each. Tells payloads and
 * the seconds that the transactions took.
 */
import Database from 'better-sqlite3';
import { readBatch, readChannels } from '../../edge/src/replication/up/read-batch.ts';
import type { SqlTx } from '../../hub/src/kernel/sql/sql.ts';
import { hubPackage } from '../../scripts/engines/hub-package.ts';
import { makeHubStore } from './hub-store.ts';

type Query = Parameters<SqlTx['rows']>[0];
interface Template {
  (strings: TemplateStringsArray, ...values: unknown[]): Query;
  param(value: unknown): unknown;
}
const { sql: template } = hubPackage<{ sql: Template }>('drizzle-orm');

const [storeFile, folder] = process.argv.slice(2) as [string, string];
const box = new Database(storeFile, { readonly: true });
const store = await makeHubStore(folder);
const sql = await store.openSql();
await sql.rows(template`CREATE TABLE payloads (id uuid PRIMARY KEY, payload text NOT NULL)`);
let payloads = 0;
let ms = 0;
for (const { channel, last_seq: upTo } of readChannels(box)) {
  for (let from = 1; from <= upTo; ) {
    const facts = readBatch(box, { channel, from, upTo });
    const rows = facts.map(({ id, payload }) => ({ id, payload }));
    const startedAt = performance.now();
    await sql.transaction((tx) => insert(tx, rows));
    ms += performance.now() - startedAt;
    payloads += facts.length;
    from = facts.at(-1)!.seq + 1;
  }
}
await sql.close();
await store.remove();
process.send!({ payloads, seconds: ms / 1000 });

function insert(tx: SqlTx, rows: { id: string; payload: string }[]): Promise<unknown> {
  return tx.rows(template`INSERT INTO payloads SELECT * FROM unnest(
    ${template.param(rows.map(({ id }) => id))}::uuid[], ${template.param(rows.map(({ payload }) => payload))}::text[])`);
}
