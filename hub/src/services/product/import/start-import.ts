import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { VAT_CATEGORIES } from '@butik/domain/vat/rates';
import { z } from 'zod';
import { countrySchema } from '../../country.ts';
import { currencySchema } from '../../currency.ts';
import type { ProductContext } from '../product-context.ts';
import type { ImportWorker } from './import-worker.ts';
import { formatOf, type Spool, spooledPath, spoolUpload } from './spool.ts';

export const startImportSchema = z.object({
  /** A strict import refuses the file whole when one row is bad; otherwise bad rows are left out. */
  strict: z.enum(['true', 'false']).default('false'),
  /** Needed when the file is the bare body of the request. */
  fileName: z.string().min(1).max(255).optional(),
  /** VAT category of new products whose row names none. */
  vat: z.enum(VAT_CATEGORIES).default('standard'),
  /** Currency of prices whose row names none. */
  currency: currencySchema.default('SEK'),
  /** Whose VAT rates a percentage in the VAT column means. */
  country: countrySchema.default('SE'),
});
export type StartImport = z.output<typeof startImportSchema>;

/**
 * Keeps an uploaded file and queues its import; it survives a crash from here on. Throws what the first look
 * at the file shows: IMPORT_FILE_NOT_WHAT_IT_SAYS, IMPORT_FILE_MALFORMED, BODY_TOO_LARGE.
 */
export async function startImport(
  context: ProductContext,
  { spool, worker }: { spool: Spool; worker: ImportWorker },
  upload: { content: Readable; fileName: string },
  options: StartImport & { by: string },
): Promise<{ importId: string; status: 'reading' }> {
  const format = formatOf(upload.fileName);
  const importId = context.kernel.newId();
  const path = spooledPath(spool, importId, format);
  const bytes = await spoolUpload(upload.content, path, format);
  try {
    await context.table.getModel('Import').create({
      importId,
      worker: spool.worker,
      status: 'reading',
      fileName: upload.fileName.slice(0, 255),
      format,
      bytes,
      strict: options.strict === 'true',
      vatCategory: options.vat,
      currency: options.currency,
      country: options.country,
      by: options.by,
      rows: 0,
      created: 0,
      updated: 0,
      unchanged: 0,
      rejected: 0,
      appliedRow: 0,
      startedAt: context.kernel.clock.now(),
    });
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  worker.enqueue(importId);
  return { importId, status: 'reading' };
}
