import { ButikError } from '@butik/proto/errors/butik-error';
import { isControl } from './sniff-file.ts';

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/**
 * The encoding of a text, told from all of its bytes. A file that is not UTF-8 is taken as Windows-1252,
 * as Excel writes it, unless it also holds letters that only UTF-8 writes so: then it is damaged, and
 * reading it either way would spoil names. Throws IMPORT_FILE_MALFORMED with the line of the first wrong
 * byte, IMPORT_FILE_NOT_WHAT_IT_SAYS for bytes that no text holds.
 */
export async function detectEncoding(chunks: AsyncIterable<Uint8Array>): Promise<TextEncoding> {
  const scan = { line: 1, pending: 0, letters: 0, flawedLine: 0 };
  let first = true;
  for await (const chunk of chunks) {
    if (first && chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le';
    if (first && chunk[0] === 0xfe && chunk[1] === 0xff) return 'utf-16be';
    first = false;
    scanUtf8(scan, chunk);
  }
  if (scan.pending > 0 && scan.flawedLine === 0) scan.flawedLine = scan.line;
  if (scan.flawedLine === 0) return 'utf-8';
  if (scan.letters === 0) return 'windows-1252';
  throw new ButikError('IMPORT_FILE_MALFORMED', {
    message: `Line ${scan.flawedLine} holds bytes that are not UTF-8, as the rest of the file is.`,
    details: { row: scan.flawedLine },
  });
}

/** Decodes a stream of bytes; a byte order mark is left out. */
export async function* decodeText(
  chunks: AsyncIterable<Uint8Array>,
  encoding: TextEncoding,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

interface Scan {
  line: number;
  /** Continuation bytes that the letter begun still needs. */
  pending: number;
  /** Well-formed letters of several bytes. */
  letters: number;
  flawedLine: number;
}

function scanUtf8(scan: Scan, chunk: Uint8Array): void {
  for (const byte of chunk) {
    if (byte < 0x80) {
      if (isControl(byte)) {
        throw new ButikError('IMPORT_FILE_NOT_WHAT_IT_SAYS', {
          message: `Line ${scan.line} holds bytes that no text has.`,
          details: { found: 'binary', row: scan.line },
        });
      }
      if (scan.pending > 0) flaw(scan);
      if (byte === 0x0a) scan.line++;
    } else if (byte < 0xc0) {
      if (scan.pending === 0) flaw(scan);
      else if (--scan.pending === 0) scan.letters++;
    } else {
      if (scan.pending > 0) flaw(scan);
      if (byte >= 0xc2 && byte <= 0xdf) scan.pending = 1;
      else if (byte >= 0xe0 && byte <= 0xef) scan.pending = 2;
      else if (byte >= 0xf0 && byte <= 0xf4) scan.pending = 3;
      else flaw(scan);
    }
  }
}

function flaw(scan: Scan): void {
  scan.pending = 0;
  if (scan.flawedLine === 0) scan.flawedLine = scan.line;
}
