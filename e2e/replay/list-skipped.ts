import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SkippedLine } from './read-transactions.ts';

const MOST_SAID = 200;

/**
 * Writes every line that cannot be sold to `skipped.csv` of the folder and says how many there are by
 * reason. When the folder is kept its path is said, else the lines themselves as far as one can read them.
 */
export function listSkipped(
  skipped: ReadonlyMap<string, readonly SkippedLine[]>,
  folder: { path: string; kept: boolean },
  say: (line: string) => void,
): void {
  const path = join(folder.path, 'skipped.csv');
  const rows = [...skipped].flatMap(([reason, lines]) => lines.map((line) => ({ reason, ...line })));
  const cells = rows.map((row) => [row.reason, row.file, String(row.row), row.invoice, row.code]);
  writeFileSync(path, [['reason', 'file', 'row', 'invoice', 'code'], ...cells].map(csvLine).join(''));
  for (const [reason, lines] of skipped) say(`  left out, ${reason}: ${lines.length} lines`);
  if (rows.length === 0) return;
  if (folder.kept) {
    say(`  each of them: ${path}`);
    return;
  }
  for (const { reason, file, row, invoice, code } of rows.slice(0, MOST_SAID)) {
    say(`    ${file} row ${row}: invoice ${invoice}, code ${code}: ${reason}`);
  }
  if (rows.length > MOST_SAID) {
    say(`    and ${rows.length - MOST_SAID} more; with --folder DIR all are in skipped.csv`);
  }
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`;
}
