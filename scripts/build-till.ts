import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Builds the till's web app when its sources have changed since it was last built. */
export async function buildTill(root: string): Promise<void> {
  const folder = join(root, 'edge/till');
  const stamp = join(folder, 'dist/.sources');
  const sources = hashOfSources(folder);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  console.log('Building the till …');
  const vite = join(folder, 'node_modules/vite/bin/vite.js');
  const built = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: folder,
    stdio: 'inherit',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (built.status !== 0) throw new Error('The till could not be built; the lines above say why.');
  writeFileSync(stamp, sources);
}

function hashOfSources(folder: string): string {
  const hash = createHash('sha256');
  const files = globSync(['src/**/*', '*.{html,json,ts}', 'public/**/*'], {
    cwd: folder,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}
