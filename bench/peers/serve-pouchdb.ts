/** A process: a PouchDB server on its own folder, with the catalogue in its database `bench` when it is told how large. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { catalogueDocuments } from './documents.ts';
import { fill, type PouchdbClass, requirePeer } from './pouchdb.ts';

type Express = () => RequestListener & { use(handler: unknown): void };
type ExpressPouchdb = (database: PouchdbClass, options: object) => unknown;

const [installed, products] = process.argv.slice(2) as [string, string];
const folder = process.cwd();
const Pouchdb = requirePeer<PouchdbClass>(installed, 'pouchdb').defaults({
  prefix: `${join(folder, 'db')}-`,
});
const database = new Pouchdb('bench');
await fill(database, catalogueDocuments(Number(products)));

const app = requirePeer<Express>(installed, 'express')();
// Nothing but what replication needs, and no log of requests.
const options = { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: join(folder, 'log.txt') };
app.use(requirePeer<ExpressPouchdb>(installed, 'express-pouchdb')(Pouchdb, options));
const server = createServer(app);
server.listen(0, '127.0.0.1', () => {
  process.send!({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/bench` });
});
process.once('disconnect', () => process.exit());
