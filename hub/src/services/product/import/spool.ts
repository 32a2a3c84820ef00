import { createWriteStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ButikError } from '@butik/proto/errors/butik-error';
import { checkWorkbook } from './check-workbook.ts';
import { MAX_FILE_BYTES } from './limits.ts';
import { malformed } from './rows.ts';
import { SNIFF_BYTES, sniff } from './sniff-file.ts';

export type FileFormat = 'csv' | 'xlsx';

/** The folder of uploaded files, and the name under which this process claims their imports. */
export interface Spool {
  folder: string;
  worker: string;
}

/** Opens the folder. Its name is kept in it, so that a process that starts again goes on with its own imports. */
export async function openSpool(dataFolder: string, newId: () => string): Promise<Spool> {
  const folder = join(dataFolder, 'imports');
  await mkdir(folder, { recursive: true });
  const nameFile = join(folder, 'worker');
  const kept = await readFile(nameFile, 'utf8').catch(orNull);
  if (kept) return { folder, worker: kept };
  const worker = newId();
  await writeFile(`${nameFile}.new`, worker, { flush: true });
  await rename(`${nameFile}.new`, nameFile);
  return { folder, worker };
}

export function spooledPath(spool: Spool, importId: string, format: FileFormat): string {
  return join(spool.folder, `${importId}.${format}`);
}

const FORMATS: Readonly<Record<string, FileFormat>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.txt': 'csv',
  '.xlsx': 'xlsx',
};

/** What a file is by its name. Throws IMPORT_FILE_NOT_WHAT_IT_SAYS for a name that says neither. */
export function formatOf(fileName: string): FileFormat {
  const format = FORMATS[extname(fileName).toLowerCase()];
  if (format) return format;
  throw new ButikError('IMPORT_FILE_NOT_WHAT_IT_SAYS', {
    message: `“${fileName}” is named neither .csv nor .xlsx.`,
    details: { found: extname(fileName) || 'no extension' },
  });
}

/**
 * Streams an upload to the spool and checks that it is what its name says; the file is durable then.
 * Returns its size. Throws BODY_TOO_LARGE, IMPORT_FILE_NOT_WHAT_IT_SAYS, IMPORT_FILE_MALFORMED: nothing is left.
 */
export async function spoolUpload(
  upload: Readable,
  path: string,
  format: FileFormat,
  maxBytes = MAX_FILE_BYTES,
): Promise<number> {
  let bytes = 0;
  try {
    await pipeline(
      upload,
      async function* bound(chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          bytes += chunk.length;
          if (bytes > maxBytes) throw new ButikError('BODY_TOO_LARGE', { details: { limit: maxBytes } });
          yield chunk;
        }
      },
      createWriteStream(path, { flush: true }),
    );
    await checkContent(path, format);
    return bytes;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function checkContent(path: string, format: FileFormat): Promise<void> {
  const looks = sniff(await headOf(path));
  if (looks === 'empty') throw malformed(1, 'The file is empty.');
  const fits = format === 'xlsx' ? looks === 'zip' : looks === 'text' || looks === 'utf-16 text';
  if (!fits) {
    throw new ButikError('IMPORT_FILE_NOT_WHAT_IT_SAYS', {
      message: `The file is named .${format} and looks like ${looks}.`,
      details: { found: looks },
    });
  }
  if (format === 'xlsx') await checkWorkbook(path);
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function orNull(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
