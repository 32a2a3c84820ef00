import { ButikError } from '@butik/proto/errors/butik-error';
import { decodeCursor, encodeCursor, type Page, type PageQuery } from '../../pages.ts';
import type { ProductContext } from '../product-context.ts';
import { findImport, type ImportView, toImportView } from './catalogue-import.ts';

/** An import and its bad rows. Throws IMPORT_NOT_FOUND. */
export async function getImport(context: ProductContext, importId: string): Promise<ImportView> {
  const item = await findImport(context, importId);
  if (!item) throw new ButikError('IMPORT_NOT_FOUND', { details: { importId } });
  const parts = await context.table
    .getModel('ImportErrors')
    .find({ importId, sk: { begins: 'errors#' } }, { consistent: true });
  return toImportView(
    item,
    parts.flatMap((part) => part.errors),
  );
}

/** The imports, latest first, without their bad rows. */
export async function listImports({ table }: ProductContext, query: PageQuery): Promise<Page<ImportView>> {
  const next = decodeCursor(query.cursor, { gs1pk: 'imports' });
  const page = await table
    .getModel('Import')
    .find({}, { index: 'gs1', reverse: true, limit: query.limit, maxPages: 1, ...(next && { next }) });
  return { items: page.map((item) => toImportView(item, [])), next: encodeCursor(page.next) };
}
