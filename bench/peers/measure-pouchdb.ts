import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runScript, startScript } from '../load/run-script.ts';
import { installPouchdb } from './install-pouchdb.ts';

const SERVER = join(import.meta.dirname, 'serve-pouchdb.ts');
const CLIENT = join(import.meta.dirname, 'replicate-pouchdb.ts');

type What = { pull: { products: number } } | { push: { store: string } };

/** Documents a second that one PouchDB replicates with another; undefined where it cannot be installed. */
export async function measurePouchdb(
  folder: string,
  what: What,
  say: (line: string) => void,
): Promise<number | undefined> {
  const installed = installPouchdb(say);
  if (installed === undefined) return undefined;
  const [serverFolder, clientFolder] = [join(folder, 'pouchdb-server'), join(folder, 'pouchdb-client')];
  for (const one of [serverFolder, clientFolder]) mkdirSync(one);
  const products = 'pull' in what ? what.pull.products : 0;
  const server = await startScript<{ url: string }>(SERVER, [installed, String(products)], serverFolder);
  try {
    const args = 'pull' in what ? ['pull', server.told.url] : ['push', server.told.url, what.push.store];
    const { documents, seconds } = await runScript<{ documents: number; seconds: number }>(
      CLIENT,
      [installed, ...args],
      clientFolder,
    );
    say(`  PouchDB: ${documents} documents in ${seconds.toFixed(1)} s`);
    return documents / seconds;
  } finally {
    await server.stop();
  }
}
