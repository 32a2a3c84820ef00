import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';

/**
 * A fresh cluster as a tar archive, for stores in memory: loading it takes a fifth of the time that
 * `initdb` takes. It is made once and kept beside the installed packages, one for each version of PGlite.
 */
export async function emptyCluster(): Promise<Blob> {
  const folder = fileURLToPath(new URL('../../../../node_modules/.cache/butik', import.meta.url));
  const { version } = pgliteManifest();
  const path = join(folder, `pglite-${version}.tar`);
  try {
    return new Blob([readFileSync(path)]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const pg = await PGlite.create();
  const archive = await pg.dumpDataDir('none');
  await pg.close();
  await keep(archive, folder, path);
  return archive;
}

/** Written aside and renamed, because several processes may make it at once. */
async function keep(archive: Blob, folder: string, path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(aside, new Uint8Array(await archive.arrayBuffer()));
    renameSync(aside, path);
  } catch (error) {
    // An installation that may not be written to makes its cluster anew each time.
    if (!['EACCES', 'EROFS', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Read from the disk, because the package does not export its manifest. */
function pgliteManifest(): { version: string } {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  return JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8')) as { version: string };
}
