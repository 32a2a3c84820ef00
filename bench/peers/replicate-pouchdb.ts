/**
 * A process: replicates between a server's database and one on disk in its own folder, from it (`pull`) or,
 * after filling its own from a box's store, to it (`push`). Tells documents and seconds.
 */
import { join } from 'node:path';
import { factDocuments } from './documents.ts';
import { fill, type PouchdbClass, requirePeer } from './pouchdb.ts';

/** Ten times PouchDB's default, which is slower. */
const BATCH_SIZE = 1_000;

const [installed, direction, url, store] = process.argv.slice(2) as [string, 'pull' | 'push', string, string];
const Pouchdb = requirePeer<PouchdbClass>(installed, 'pouchdb');
const own = new Pouchdb(join(process.cwd(), 'own'));
if (direction === 'push') await fill(own, factDocuments(store));
const startedAt = performance.now();
const { docs_written: documents } = await own.replicate[direction === 'pull' ? 'from' : 'to'](
  new Pouchdb(url),
  {
    batch_size: BATCH_SIZE,
  },
);
const seconds = (performance.now() - startedAt) / 1000;
await own.close();
process.send!({ documents, seconds });
