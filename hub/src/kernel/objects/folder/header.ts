import type { FileHandle } from 'node:fs/promises';
import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';
import type { ObjectInfo } from '../objects.ts';

/**
 * What is known of an object stands in front of its content in the same file, as a line of JSON: so that one rename
 * replaces both.
 */
export const HEADER_BYTES = 512;

const headerSchema = z.object({
  version: z.literal(1),
  bytes: z.int().min(0),
  contentType: z.string(),
  sha256: z.string(),
  storedAt: z.string(),
});

export function formatHeader(info: Omit<ObjectInfo, 'key'>): Buffer {
  const { bytes, contentType, sha256, storedAt } = info;
  const line = JSON.stringify({ version: 1, bytes, contentType, sha256, storedAt });
  return Buffer.from(`${line.padEnd(HEADER_BYTES - 1)}\n`);
}

/** Throws INTERNAL when the file is none of ours or has lost its end. */
export async function readHeader(file: FileHandle, key: string): Promise<ObjectInfo> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
  const header = headerSchema.safeParse(parse(buffer.toString('utf8', 0, bytesRead)));
  if (!header.success || (await file.stat()).size !== HEADER_BYTES + header.data.bytes) {
    throw new ButikError('INTERNAL', { message: `The file of ${key} is damaged.`, details: { key } });
  }
  const { version: _, ...info } = header.data;
  return { key, ...info };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
