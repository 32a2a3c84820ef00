import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Documents } from '../../../kernel/documents/documents.ts';
import { openEmbeddedDocuments } from '../../../kernel/documents/embedded/open-embedded-documents.ts';
import { openPgliteSql } from '../../../kernel/sql/pglite/open-pglite-sql.ts';
import type { Sql } from '../../../kernel/sql/sql.ts';
import { bootServices } from '../../../testing/boot-services.ts';
import { productService } from '../product-service.ts';

let documents: Documents;
let sql: Sql;
let dataFolder: string;
beforeEach(async () => {
  documents = await openEmbeddedDocuments({ directory: ':memory:' });
  sql = await openPgliteSql({ directory: 'memory' });
  dataFolder = await mkdtemp(join(tmpdir(), 'butik-import-'));
});
afterEach(async () => {
  await documents.close();
  await sql.close();
  await rm(dataFolder, { recursive: true, force: true });
});

/** From the `after`th writing transaction on, the store does not answer any more; the outbox still empties. */
function failTransactions(after: number): () => void {
  const send = documents.client.send.bind(documents.client) as (command: object) => Promise<unknown>;
  let seen = 0;
  const spy = vi.spyOn(documents.client, 'send').mockImplementation(async (command: object) => {
    if (writes(command) && ++seen > after) throw new Error('the store is gone');
    return await send(command);
  });
  return () => spy.mockRestore();
}

function writes(command: object): boolean {
  if (!(command instanceof TransactWriteItemsCommand)) return false;
  return (command.input.TransactItems ?? []).some((item) => item.Delete === undefined);
}

test('an import that died in its middle goes on at the next start, and each row counts once', async () => {
  const rows = Array.from({ length: 300 }, (_, index) => `P-${index},Produkt ${index},${index + 1}`);
  const file = Buffer.from(['code,name,price', ...rows].join('\n'));

  const first = await bootServices([productService], { documents, sql, dataFolder });
  const heal = failTransactions(3);
  const started = await first.call('POST', '/products/imports', file, { 'content-type': 'text/csv' });
  await first.idle();
  const interrupted = (await first.call('GET', `/products/imports/${started.body.importId}`)).body;
  expect(interrupted).toMatchObject({ status: 'applying', finishedAt: null });
  expect(interrupted.created).toBeGreaterThan(0);
  expect(interrupted.created).toBeLessThan(300);
  await first.close();
  heal();

  const second = await bootServices([productService], { documents, sql, dataFolder });
  await second.idle();
  const done = (await second.call('GET', `/products/imports/${started.body.importId}`)).body;
  expect(done).toMatchObject({
    status: 'completed',
    rows: 300,
    created: 300,
    updated: 0,
    unchanged: 0,
    rejected: 0,
  });
  const told = second.events
    .concat(first.events)
    .flatMap(({ data }) => (data as { products: { code: string }[] }).products);
  expect(new Set(told.map(({ code }) => code)).size).toBe(300);
  await second.close();
});

test('an import whose file was lost ends as failed and says so', async () => {
  const first = await bootServices([productService], { documents, sql, dataFolder });
  const heal = failTransactions(0);
  const started = await first.call('POST', '/products/imports', Buffer.from('code,name\nX-1,X'), {
    'content-type': 'text/csv',
  });
  await first.idle();
  await first.close();
  heal();
  await rm(join(dataFolder, 'imports', `${started.body.importId}.csv`));

  const second = await bootServices([productService], { documents, sql, dataFolder });
  await second.idle();
  const done = (await second.call('GET', `/products/imports/${started.body.importId}`)).body;
  expect(done).toMatchObject({ status: 'failed', failure: { code: 'IMPORT_FILE_MALFORMED' } });
  await second.close();
});
