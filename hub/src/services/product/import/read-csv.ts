import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { MAX_ROW_CHARACTERS } from './limits.ts';
import { checkBounds, type FileRow, malformed } from './rows.ts';
import { decodeText, detectEncoding } from './text-encoding.ts';

/**
 * The rows of a CSV file: commas, semicolons or tabs; quotes; line breaks inside quotes; UTF-8, UTF-16 with
 * its mark, or Windows-1252. Empty rows are counted and left out. The file is streamed, never held.
 * Throws IMPORT_FILE_MALFORMED with the row, IMPORT_FILE_NOT_WHAT_IT_SAYS.
 */
export async function* readCsv(path: string): AsyncGenerator<FileRow> {
  const encoding = await detectEncoding(createReadStream(path));
  const delimiter = detectDelimiter(await firstLine(decodeText(createReadStream(path), encoding)));
  const parser = Readable.from(decodeText(createReadStream(path), encoding)).pipe(
    parse({
      delimiter,
      // A row that is too long or too short is the row's fault, not the file's: `parseRow` tells it.
      relax_column_count: true,
      // A quote inside a cell that is not quoted is an inch sign, as spreadsheets take it.
      relax_quotes: true,
      skip_empty_lines: false,
      max_record_size: MAX_ROW_CHARACTERS,
    }),
  );
  let row = 0;
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      row++;
      checkBounds({ row, cells });
      if (cells.some((cell) => cell.trim() !== '')) yield { row, cells };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw malformed(row + 1, `Row ${row + 1} cannot be read: ${REASONS[error.code] ?? error.message}`, error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed.',
  CSV_INVALID_CLOSING_QUOTE: 'something stands between a closing quote and the next column.',
  CSV_MAX_RECORD_SIZE: `it has more than ${MAX_ROW_CHARACTERS} characters; perhaps a quote is never closed.`,
};

/** The delimiter that occurs most outside quotes in the first line; a comma when none does. */
export function detectDelimiter(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '');
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: bare.split(delimiter).length }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).delimiter;
}

async function firstLine(text: AsyncIterable<string>): Promise<string> {
  let beginning = '';
  for await (const part of text) {
    beginning += part;
    const end = beginning.search(/[\r\n]/);
    if (end > 0) return beginning.slice(0, end);
    if (beginning.length > MAX_ROW_CHARACTERS) break;
  }
  return beginning.slice(0, MAX_ROW_CHARACTERS);
}
