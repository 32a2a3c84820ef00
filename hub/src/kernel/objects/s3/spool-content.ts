import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { ButikError } from '@butik/proto/errors/butik-error';
import { readContent } from '../read-content.ts';

export interface Spooled {
  bytes: number;
  sha256: string;
  body: Readable | Uint8Array;
  discard(): Promise<void>;
}

/**
 * Takes a content in to its end before anything is sent: S3 wants the hash first, and a content that breaks or is too
 * large then never touches what is there. Streams wait in a file of `folder`.
 */
export async function spoolContent(
  content: Readable | Uint8Array,
  { maxBytes, folder }: { maxBytes: number; folder: string },
): Promise<Spooled> {
  const reader = readContent(content, maxBytes);
  if (content instanceof Uint8Array) {
    for await (const _ of reader.chunks);
    return { ...reader.measured(), body: content, discard: async () => undefined };
  }
  const path = join(folder, `butik-${randomUUID()}`);
  const discard = () => rm(path, { force: true });
  try {
    const file = await open(path, 'wx', 0o600);
    await fill(file, reader.chunks);
    const body = createReadStream(path);
    return {
      ...reader.measured(),
      body,
      discard: async () => {
        body.destroy();
        await discard();
      },
    };
  } catch (error) {
    await discard();
    if (reader.isOfContent(error)) throw error;
    const message = `The content cannot be kept until it is sent: ${(error as NodeJS.ErrnoException).code}`;
    throw new ButikError('SERVICE_UNAVAILABLE', { message, details: { part: 'objects' }, cause: error });
  }
}

async function fill(file: FileHandle, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    await file.writeFile(chunks);
  } finally {
    await file.close();
  }
}
