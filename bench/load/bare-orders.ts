// node bench/load/bare-orders.ts WRITES.json ENGINES.json PORT: a Fastify server whose only handler makes the writes of
// one order, one after the other, on the engines of a hub: no checks, saga, outbox relay, calls or bank.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { openDynamoDocuments } from '../../hub/src/kernel/documents/dynamodb/open-dynamodb-documents.ts';
import { openEmbeddedDocuments } from '../../hub/src/kernel/documents/embedded/open-embedded-documents.ts';
import { openPgliteSql } from '../../hub/src/kernel/sql/pglite/open-pglite-sql.ts';
import { openPostgresSql } from '../../hub/src/kernel/sql/postgres/open-postgres-sql.ts';
import type { SqlTx } from '../../hub/src/kernel/sql/sql.ts';
import { hubPackage } from '../../scripts/engines/hub-package.ts';
import { freshWrites, type OrderWrite, type OrderWrites } from './order-writes.ts';

/** Where the tables are: in a folder, or in real engines. */
export type BareEngines =
  | { folder: string }
  | { databaseUrl: string; dynamodb: string; region: string; tablePrefix: string };

interface Fastify {
  post(path: string, handler: (request: unknown, reply: { status(code: number): unknown }) => unknown): void;
  get(path: string, handler: () => Promise<object>): void;
  listen(address: { port: number; host: string }): Promise<string>;
}
type Statement = Extract<OrderWrite, { engine: 'sql' }>['statements'][number];
type Sdk = Record<string, new (input: object) => never>;
interface Drizzle {
  sql: ((parts: TemplateStringsArray, ...params: unknown[]) => never) & {
    raw(text: string): never;
    join(chunks: never[]): never;
  };
}

const [writesFile, enginesFile, port] = process.argv.slice(2) as [string, string, string];
const recorded = JSON.parse(readFileSync(writesFile, 'utf8')) as OrderWrites;
const engines = JSON.parse(readFileSync(enginesFile, 'utf8')) as BareEngines;
const sdk = hubPackage<Sdk>('@aws-sdk/client-dynamodb');
const { sql: template } = hubPackage<Drizzle>('drizzle-orm');

const tablePrefix = 'folder' in engines ? '' : engines.tablePrefix;
const documents =
  'folder' in engines
    ? await openEmbeddedDocuments({ directory: join(engines.folder, 'documents') })
    : openDynamoDocuments({ region: engines.region, endpoint: engines.dynamodb });
const sql =
  'folder' in engines
    ? await openPgliteSql({ directory: join(engines.folder, 'sql') })
    : await openPostgresSql({ url: engines.databaseUrl });

const app = hubPackage<() => Fastify>('fastify')();
app.get('/healthz', async () => ({ status: 'ok' }));
app.post('/v1/orders', async (_request, reply) => {
  const writes = freshWrites(recorded, uuidv7);
  for (const write of writes) await make(write);
  reply.status(201);
  return { written: writes.length };
});
await app.listen({ port: Number(port), host: '127.0.0.1' });

async function make(write: OrderWrite): Promise<void> {
  if (write.engine === 'documents') {
    const body = write.body.replaceAll(`"TableName":"${recorded.tablePrefix}`, `"TableName":"${tablePrefix}`);
    await documents.client.send(new sdk[`${write.operation}Command`]!(JSON.parse(body) as object));
    return;
  }
  const run = async ({ rows }: SqlTx) => {
    for (const statement of write.statements) await rows(asQuery(statement));
  };
  if (write.statements.length === 1) await run(sql);
  else await sql.transaction(run);
}

/** The text with `$1`, `$2` … and its parameters, as Drizzle wants them. */
function asQuery({ text, params }: Statement): never {
  const chunks = text
    .split(/\$(\d+)/)
    .map((part, index) => (index % 2 === 0 ? template.raw(part) : template`${params[Number(part) - 1]}`));
  return template.join(chunks);
}
