import ExcelJS from 'exceljs';
import { MAX_COLUMNS, MAX_ROW_CHARACTERS } from './limits.ts';
import { checkBounds, type FileRow, malformed } from './rows.ts';

/**
 * The rows of a workbook's first sheet, streamed; `checkWorkbook` must have passed it. A formula counts as
 * its last result, a date as its day. Throws IMPORT_FILE_MALFORMED with the row.
 */
export async function* readXlsx(path: string): AsyncGenerator<FileRow> {
  const workbook = new ExcelJS.stream.xlsx.WorkbookReader(path, {
    sharedStrings: 'cache',
    styles: 'cache',
    hyperlinks: 'ignore',
    worksheets: 'emit',
    entries: 'ignore',
  });
  let last = 0;
  let width = 0;
  try {
    for await (const sheet of workbook) {
      for await (const row of sheet) {
        last = row.number;
        checkBounds({ row: row.number, cells: [] });
        const cells = cellsOf(row);
        // A sheet keeps no empty cells at the end of a row: there they are empty, not missing.
        while (cells.length < width) cells.push('');
        checkBounds({ row: row.number, cells });
        if (width === 0) width = cells.length;
        if (cells.some((cell) => cell.trim() !== '')) yield { row: row.number, cells };
      }
      return;
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'ButikError') throw error;
    throw malformed(last + 1, `The workbook cannot be read after row ${last}.`, error);
  }
}

function cellsOf(row: ExcelJS.Row): string[] {
  const width = Math.min(row.cellCount, MAX_COLUMNS + 1);
  const cells = Array.from({ length: width }, (_, index) => textOf(row.getCell(index + 1).value, row.number));
  if (cells.reduce((sum, cell) => sum + cell.length, 0) > MAX_ROW_CHARACTERS) {
    throw malformed(row.number, `Row ${row.number} has more than ${MAX_ROW_CHARACTERS} characters.`);
  }
  return cells;
}

function textOf(value: ExcelJS.CellValue, row: number): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return numberText(value);
  if (value instanceof Date) return dateText(value);
  if (typeof value !== 'object') return String(value);
  if ('richText' in value) return value.richText.map(({ text }) => text).join('');
  if ('text' in value) return textOf(value.text, row);
  if ('formula' in value || 'sharedFormula' in value) return textOf(value.result, row);
  return '';
}

/** Binary fractions show their tail (12.900000000000001); fifteen digits are what a spreadsheet keeps. */
function numberText(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : String(Number(value.toPrecision(15)));
}

function dateText(value: Date): string {
  if (Number.isNaN(value.getTime())) return '';
  const text = value.toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text;
}
