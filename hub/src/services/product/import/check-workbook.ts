import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createInflateRaw } from 'node:zlib';
import { ButikError } from '@butik/proto/errors/butik-error';
import { MAX_WORKBOOK_BYTES, MAX_WORKBOOK_ENTRIES, MAX_WORKBOOK_INFLATED_BYTES } from './limits.ts';
import { malformed } from './rows.ts';

/**
 * Looks into a zip file before anything reads it as a workbook: it must hold one, and what it holds must
 * not swell beyond bounds. Every entry is inflated and counted, since a bomb lies about its size.
 * Throws IMPORT_FILE_NOT_WHAT_IT_SAYS, IMPORT_FILE_MALFORMED.
 */
export async function checkWorkbook(
  path: string,
  maxInflatedBytes = MAX_WORKBOOK_INFLATED_BYTES,
): Promise<void> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size > MAX_WORKBOOK_BYTES)
      throw malformed(0, `A workbook may have ${MAX_WORKBOOK_BYTES} bytes at most.`);
    const entries = await readDirectory(file, size);
    const names = new Set(entries.map(({ name }) => name));
    if (!names.has('xl/workbook.xml')) throw notAWorkbook('a zip file without a workbook in it');
    let left = maxInflatedBytes;
    for (const entry of entries) left -= await inflatedBytes(path, file, entry, left);
  } finally {
    await file.close();
  }
}

interface Entry {
  name: string;
  method: number;
  compressedBytes: number;
  headerAt: number;
}

const END_MARK = 0x06054b50;
const ENTRY_MARK = 0x02014b50;
const HEADER_MARK = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const HEADER_BYTES = 30;
const MAX_COMMENT_BYTES = 65_535;
const MAX_DIRECTORY_BYTES = 1024 * 1024;
const STORED = 0;
const DEFLATED = 8;

async function readDirectory(file: FileHandle, size: number): Promise<Entry[]> {
  const tail = await readAt(
    file,
    Math.max(0, size - END_BYTES - MAX_COMMENT_BYTES),
    Math.min(size, END_BYTES + MAX_COMMENT_BYTES),
  );
  let at = tail.length - END_BYTES;
  while (at >= 0 && tail.readUInt32LE(at) !== END_MARK) at--;
  if (at < 0) throw malformed(0, 'The workbook is cut off.');
  const count = tail.readUInt16LE(at + 10);
  const bytes = tail.readUInt32LE(at + 12);
  if (count > MAX_WORKBOOK_ENTRIES || bytes > MAX_DIRECTORY_BYTES)
    throw malformed(0, 'The workbook has too many parts.');
  const directory = await readAt(file, tail.readUInt32LE(at + 16), bytes);
  const entries: Entry[] = [];
  for (let from = 0; entries.length < count; ) {
    if (from + ENTRY_BYTES > directory.length || directory.readUInt32LE(from) !== ENTRY_MARK) {
      throw malformed(0, 'The workbook’s table of contents is damaged.');
    }
    const nameBytes = directory.readUInt16LE(from + 28);
    entries.push({
      name: directory.toString('utf8', from + ENTRY_BYTES, from + ENTRY_BYTES + nameBytes),
      method: directory.readUInt16LE(from + 10),
      compressedBytes: directory.readUInt32LE(from + 20),
      headerAt: directory.readUInt32LE(from + 42),
    });
    from += ENTRY_BYTES + nameBytes + directory.readUInt16LE(from + 30) + directory.readUInt16LE(from + 32);
  }
  return entries;
}

async function inflatedBytes(path: string, file: FileHandle, entry: Entry, limit: number): Promise<number> {
  const header = await readAt(file, entry.headerAt, HEADER_BYTES);
  if (header.readUInt32LE(0) !== HEADER_MARK)
    throw malformed(0, 'A part of the workbook is not where it should be.');
  if (entry.method === STORED) return bounded(entry.compressedBytes, limit);
  if (entry.method !== DEFLATED)
    throw malformed(0, 'The workbook is encrypted or compressed in an unknown way.');
  if (entry.compressedBytes === 0) return 0;
  const start = entry.headerAt + HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  const compressed = createReadStream(path, { start, end: start + entry.compressedBytes - 1 });
  const inflate = compressed.pipe(createInflateRaw());
  let count = 0;
  try {
    for await (const chunk of inflate as AsyncIterable<Buffer>) count = bounded(count + chunk.length, limit);
  } catch (error) {
    if (error instanceof ButikError) throw error;
    throw malformed(0, 'A part of the workbook is damaged.', error);
  } finally {
    compressed.destroy();
  }
  return count;
}

function bounded(bytes: number, limit: number): number {
  if (bytes > limit) {
    throw malformed(0, 'Unpacked, the workbook is larger than an import takes.');
  }
  return bytes;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead < length) throw malformed(0, 'The workbook is cut off.');
  return buffer;
}

function notAWorkbook(found: string): ButikError {
  return new ButikError('IMPORT_FILE_NOT_WHAT_IT_SAYS', {
    message: `The file is named as a workbook and is ${found}.`,
    details: { found },
  });
}
