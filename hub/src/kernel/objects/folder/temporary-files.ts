import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../clock.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** Inside the folder, so that a rename does not cross disks; no key has this name. */
export function temporaryFolderOf(directory: string): string {
  return join(directory, 'temporary~');
}

export function temporaryFile(directory: string): string {
  return join(temporaryFolderOf(directory), `${process.pid}-${randomUUID()}`);
}

/** Removes what puts left whose process is dead, and whatever is older than a day. */
export async function sweepTemporaryFiles(directory: string, clock: Clock): Promise<void> {
  const folder = temporaryFolderOf(directory);
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    const modifiedMs = (await stat(file).catch(() => undefined))?.mtimeMs;
    if (modifiedMs === undefined) continue;
    const writer = Number(name.split('-', 1)[0]);
    // A process that was started again in a container often has the number of the one before.
    const dead = writer === process.pid ? modifiedMs < performance.timeOrigin : !isAlive(writer);
    if (dead || clock.now() - modifiedMs > DAY_MS) await rm(file, { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there and another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
