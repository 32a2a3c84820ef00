import { ButikError } from '@butik/proto/errors/butik-error';
import { MAX_COLUMNS, MAX_ROWS } from './limits.ts';

/** A row as a spreadsheet numbers it (the header is row 1), its cells as text. */
export interface FileRow {
  row: number;
  cells: string[];
}

/** Throws IMPORT_FILE_MALFORMED for a row beyond what an import takes. */
export function checkBounds({ row, cells }: FileRow): void {
  if (row > MAX_ROWS) throw malformed(row, `The file has more than ${MAX_ROWS} rows.`);
  if (cells.length > MAX_COLUMNS) throw malformed(row, `Row ${row} has more than ${MAX_COLUMNS} columns.`);
}

export function malformed(row: number, message: string, cause?: unknown): ButikError {
  return new ButikError('IMPORT_FILE_MALFORMED', { message, details: { row }, cause });
}
