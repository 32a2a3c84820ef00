import { ButikError } from '@butik/proto/errors/butik-error';
import type { ProductContext } from '../product-context.ts';
import type { StoredImport } from './catalogue-import.ts';
import { MAX_ERRORS_KEPT } from './limits.ts';
import type { RowDefaults, RowError } from './parse-row.ts';
import { isBad, readCatalogue } from './read-catalogue.ts';

/** Bad rows are kept in items of this many, well below the size of an item. */
const ERRORS_A_PART = 200;
const ERRORS_SHOWN_IN_REFUSAL = 20;
const ROWS_BETWEEN_REPORTS = 5_000;

/**
 * Reads the whole file once, writing nothing but the import's own items, and moves it on to `applying`.
 * Throws what is wrong with the file, and IMPORT_REFUSED when it is strict and has bad rows.
 */
export async function checkImport(
  context: ProductContext,
  item: StoredImport,
  path: string,
  signal: AbortSignal,
): Promise<StoredImport> {
  const imports = context.table.getModel('Import');
  const { importId } = item;
  const errors: RowError[] = [];
  let rows = 0;
  let rejected = 0;
  for await (const row of readCatalogue(path, item.format, rowDefaults(item))) {
    signal.throwIfAborted();
    rows++;
    if (isBad(row)) {
      rejected++;
      if (errors.length < MAX_ERRORS_KEPT) errors.push(row);
    }
    if (rows % ROWS_BETWEEN_REPORTS === 0) await imports.update({ importId, rows, rejected });
  }
  await keepErrors(context, importId, errors);
  if (item.strict && rejected > 0) {
    await imports.update({ importId, rows, rejected });
    throw new ButikError('IMPORT_REFUSED', {
      details: { rejected, errors: errors.slice(0, ERRORS_SHOWN_IN_REFUSAL) },
    });
  }
  return await imports.update({ importId, rows, rejected, status: 'applying' });
}

/** The same for every reading of the file, so that a resumed import takes the same rows. */
export function rowDefaults({ currency, country, startedAt }: StoredImport): RowDefaults {
  return { currency, country, day: new Date(startedAt).toISOString().slice(0, 10) };
}

async function keepErrors({ table }: ProductContext, importId: string, errors: RowError[]): Promise<void> {
  for (let from = 0; from < errors.length; from += ERRORS_A_PART) {
    await table
      .getModel('ImportErrors')
      .create(
        { importId, part: String(from).padStart(6, '0'), errors: errors.slice(from, from + ERRORS_A_PART) },
        { exists: null },
      );
  }
}
