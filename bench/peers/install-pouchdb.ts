import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** `express-pouchdb` knows the fourth Express only. */
const PACKAGES = ['pouchdb@9.0.0', 'express-pouchdb@4.2.0', 'express@4.21.2'];
const PEERS = join(import.meta.dirname, '../../.butik/peers');
const KEPT = join(PEERS, PACKAGES[0]!);
const TIMEOUT_MS = 300_000;

/**
 * The folder in which PouchDB is installed, taken from the npm registry the first time. Undefined where that
 * fails; then it has said why.
 */
export function installPouchdb(say: (line: string) => void): string | undefined {
  if (existsSync(KEPT)) return KEPT;
  say(`  npm installs ${PACKAGES.join(', ')} into .butik/peers, to measure beside …`);
  // Made aside, so that an installation that was cut off is not taken for a whole one.
  const aside = `${KEPT}.new`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  const args = ['install', '--prefix', aside, '--no-audit', '--no-fund', '--loglevel', 'error', ...PACKAGES];
  const done = spawnSync('npm', args, {
    encoding: 'utf8',
    shell: process.platform === 'win32',
    timeout: TIMEOUT_MS,
  });
  if (done.status !== 0) {
    say(`  PouchDB is left out, npm could not install it: ${done.stderr || done.error?.message}`);
    return undefined;
  }
  renameSync(aside, KEPT);
  return KEPT;
}
