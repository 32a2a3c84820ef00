import { rm, stat } from 'node:fs/promises';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { ProductContext } from '../product-context.ts';
import { applyImport } from './apply-import.ts';
import { findImport, type StoredImport } from './catalogue-import.ts';
import { checkImport } from './check-import.ts';
import { type Spool, spooledPath } from './spool.ts';

/**
 * Brings an import to its end from where it stands: the whole file is checked before the first row is
 * applied, and each batch is noted in its own transaction. What is wrong with the file ends the import as
 * `failed` or `refused`; other errors are thrown and leave it to be gone on with.
 */
export async function runImport(
  context: ProductContext,
  spool: Spool,
  importId: string,
  signal: AbortSignal,
): Promise<void> {
  const item = await findImport(context, importId);
  if (item?.worker === undefined) return;
  const path = spooledPath(spool, importId, item.format);
  try {
    await checkThere(path);
    const checked = item.status === 'reading' ? await checkImport(context, item, path, signal) : item;
    await applyImport(context, checked, path, signal);
    if (signal.aborted) return;
    await end(context, importId, { status: 'completed' });
  } catch (error) {
    if (signal.aborted && !isFlaw(error)) return;
    if (!isFlaw(error)) throw error;
    const { code, message, details } = error;
    const status = code === 'IMPORT_REFUSED' ? 'refused' : 'failed';
    await end(context, importId, { status, failure: { code, message, details } });
  }
  await rm(path, { force: true });
}

/** What the file or one of its rows brought about, and trying again would bring about again. */
function isFlaw(error: unknown): error is ButikError {
  if (!(error instanceof ButikError)) return false;
  return error.code.startsWith('IMPORT_') || error.kind === 'invalid';
}

async function checkThere(path: string): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    throw new ButikError('IMPORT_FILE_MALFORMED', {
      message: 'The uploaded file is gone: send it again.',
      cause: error,
    });
  }
}

async function end(
  { table, kernel }: ProductContext,
  importId: string,
  result: Pick<StoredImport, 'status'> & { failure?: object },
): Promise<void> {
  await table
    .getModel('Import')
    .update({ importId, ...result, finishedAt: kernel.clock.now() }, { remove: ['worker', 'gs2pk'] });
}
