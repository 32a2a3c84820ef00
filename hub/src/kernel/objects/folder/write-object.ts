import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { ObjectInfo } from '../objects.ts';
import { type ContentReader, readContent } from '../read-content.ts';
import { formatHeader, HEADER_BYTES } from './header.ts';
import { diskFailure } from './on-disk.ts';
import { syncFolder } from './sync-folder.ts';

export interface ObjectToWrite {
  content: Readable | Uint8Array;
  maxBytes: number;
  contentType: string;
  /** ISO 8601; asked when the content is there. */
  storedAt(): string;
}
type Written = Omit<ObjectInfo, 'key'>;

/**
 * Writes header and content to `temporary`, and gives that file the name `file` once it is on the disk. Whatever
 * fails before leaves what `file` was.
 */
export async function writeObject(
  object: ObjectToWrite,
  { temporary, file }: { temporary: string; file: string },
): Promise<Written> {
  const reader = readContent(object.content, object.maxBytes);
  try {
    const written = await writeTemporary(reader, object, temporary);
    await giveName(temporary, file);
    return written;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw reader.isOfContent(error) || error instanceof ButikError ? error : diskFailure(error);
  }
}

async function writeTemporary(
  reader: ContentReader,
  { contentType, storedAt }: ObjectToWrite,
  temporary: string,
): Promise<Written> {
  const file = await open(temporary, 'wx');
  try {
    await file.writeFile(Buffer.alloc(HEADER_BYTES));
    await file.writeFile(reader.chunks);
    const written = { ...reader.measured(), contentType, storedAt: storedAt() };
    await file.write(formatHeader(written), 0, HEADER_BYTES, 0);
    await file.sync();
    return written;
  } finally {
    await file.close();
  }
}

async function giveName(temporary: string, file: string): Promise<void> {
  const firstMade = await mkdir(dirname(file), { recursive: true });
  await rename(temporary, file);
  await syncFolders(dirname(file), firstMade === undefined ? undefined : dirname(firstMade));
}

/** From the folder up to the one in which the first new folder was made. */
async function syncFolders(folder: string, top: string | undefined): Promise<void> {
  await syncFolder(folder);
  if (top !== undefined && folder !== top && folder !== dirname(folder))
    await syncFolders(dirname(folder), top);
}
