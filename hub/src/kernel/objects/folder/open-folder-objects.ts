import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { Clock } from '../../clock.ts';
import { checkKey, checkList, checkPut } from '../check-key.ts';
import type { ObjectInfo, Objects } from '../objects.ts';
import { HEADER_BYTES, readHeader } from './header.ts';
import { listKeys, OBJECT_SUFFIX } from './list-keys.ts';
import { isAbsent, onDisk } from './on-disk.ts';
import { syncFolder } from './sync-folder.ts';
import { sweepTemporaryFiles, temporaryFile } from './temporary-files.ts';
import { writeObject } from './write-object.ts';

export interface FolderObjectsOptions {
  /** Made when it is not there. Processes of one machine may share it. */
  directory: string;
  clock: Clock;
}

const PAGE = 1_000;

/** Files in a folder of the disk, for a hub on one machine. */
export async function openFolderObjects({ directory, clock }: FolderObjectsOptions): Promise<Objects> {
  await onDisk(() => sweepTemporaryFiles(directory, clock));
  let closed = false;
  const fileOf = (key: string) => join(directory, `${key}${OBJECT_SUFFIX}`);

  function assertOpen(): void {
    if (!closed) return;
    const message = 'The folder of files is closed.';
    throw new ButikError('SERVICE_UNAVAILABLE', { message, details: { part: 'objects' } });
  }

  return {
    async put(key, content, { contentType, maxBytes }) {
      checkPut({ key, contentType, maxBytes });
      assertOpen();
      const storedAt = () => new Date(clock.now()).toISOString();
      const object = { content, maxBytes, contentType, storedAt };
      const info = await writeObject(object, { temporary: temporaryFile(directory), file: fileOf(key) });
      return { key, ...info };
    },
    async get(key) {
      checkKey(key);
      assertOpen();
      return onDisk(async () => {
        const file = await openToRead(fileOf(key));
        if (!file) throw new ButikError('OBJECT_NOT_FOUND', { details: { key } });
        const info = await infoOrClose(file, key);
        return { info, content: file.createReadStream({ start: HEADER_BYTES }) };
      });
    },
    async find(key) {
      checkKey(key);
      assertOpen();
      return onDisk(async () => {
        const file = await openToRead(fileOf(key));
        if (!file) return null;
        const info = await infoOrClose(file, key);
        await file.close();
        return info;
      });
    },
    async delete(key) {
      checkKey(key);
      assertOpen();
      await onDisk(() => remove(fileOf(key)));
    },
    async list(prefix, after) {
      checkList({ prefix, after });
      assertOpen();
      return onDisk(() => readPage(listKeys(directory, { prefix, after })));
    },
    async close() {
      closed = true;
    },
  };
}

async function openToRead(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

async function infoOrClose(file: FileHandle, key: string): Promise<ObjectInfo> {
  try {
    return await readHeader(file, key);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function remove(file: string): Promise<void> {
  try {
    await rm(file);
    await syncFolder(dirname(file));
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}

async function readPage(found: AsyncGenerator<string>): Promise<{ keys: string[]; next: string | null }> {
  const keys: string[] = [];
  for await (const key of found) {
    if (keys.length === PAGE) return { keys, next: keys.at(-1)! };
    keys.push(key);
  }
  return { keys, next: null };
}
