import { codeKey } from '../product-code.ts';
import { readHeader } from './columns.ts';
import { type CatalogueRow, parseRow, type RowDefaults, type RowError } from './parse-row.ts';
import { readCsv } from './read-csv.ts';
import { readXlsx } from './read-xlsx.ts';
import { malformed } from './rows.ts';

/** A bad row has a `reason`. */
export type ReadRow = CatalogueRow | RowError;

export function isBad(row: ReadRow): row is RowError {
  return 'reason' in row;
}

/**
 * Every row of a catalogue file under its header, read or with what is wrong with it. A product that comes
 * twice counts the first time. The same file gives the same rows each time it is read.
 * Throws IMPORT_COLUMNS_MISSING, IMPORT_FILE_MALFORMED, IMPORT_FILE_NOT_WHAT_IT_SAYS.
 */
export async function* readCatalogue(
  path: string,
  format: 'csv' | 'xlsx',
  defaults: RowDefaults,
): AsyncGenerator<ReadRow> {
  const rows = format === 'csv' ? readCsv(path) : readXlsx(path);
  const header = await rows.next();
  if (header.done) throw malformed(1, 'The file has no rows.');
  const columns = readHeader(header.value.cells);
  const firstSeen = new Map<string, number>();
  for await (const fileRow of rows) {
    const row = parseRow(fileRow, columns, defaults);
    if (isBad(row)) {
      yield row;
      continue;
    }
    const key = codeKey(row.code);
    const first = firstSeen.get(key);
    if (first === undefined) {
      firstSeen.set(key, row.row);
      yield row;
    } else {
      yield { row: row.row, code: row.code, reason: `The product is in row ${first} already.` };
    }
  }
}
