import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ButikError } from '@butik/proto/errors/butik-error';

/**
 * Takes the folder for this process alone and returns the function that gives it back. The lock is an
 * exclusive SQLite transaction: the operating system ends it with the process, however that dies, and
 * unlike a process id in a file it can be neither stale nor another process's.
 * @throws ButikError STORE_LOCKED when another process, or this one, has the folder open.
 */
export function lockFolder(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const lock = new DatabaseSync(join(directory, 'lock'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw new ButikError('STORE_LOCKED', {
      message: `Another process has the data folder ${directory} open.`,
      details: { directory },
      cause: error,
    });
  }
  return () => lock.close();
}

const SQLITE_BUSY = 5;

/**
 * The cluster's own folder inside `directory`. A new one is made aside by `initialise`, synced and then
 * renamed, so that a first start that was cut off leaves no half-made cluster behind.
 */
export async function prepareCluster(
  directory: string,
  initialise: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(directory, 'postgres');
  if (existsSync(folder)) {
    // The lock says that no process runs on it: what a killed one left would only refuse the start.
    rmSync(join(folder, 'postmaster.pid'), { force: true });
    return folder;
  }
  const aside = `${folder}.new`;
  rmSync(aside, { recursive: true, force: true });
  await initialise(aside);
  syncTree(aside);
  renameSync(aside, folder);
  syncPath(dirname(folder));
  return folder;
}

function syncTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) syncTree(path);
    else syncPath(path);
  }
  syncPath(folder);
}

function syncPath(path: string): void {
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}
