import type { ProductContext } from '../product-context.ts';
import { runImport } from './run-import.ts';
import type { Spool } from './spool.ts';

/** Runs imports one after the other, since they write the same products. */
export interface ImportWorker {
  enqueue(importId: string): void;
  /** Resolves when no import is waiting or running. */
  idle(): Promise<void>;
  /** Stops at the next batch; the next start goes on from there. */
  close(): Promise<void>;
}

/** Starts the worker with the imports that the process before it left unfinished. */
export async function startImportWorker(context: ProductContext, spool: Spool): Promise<ImportWorker> {
  const closing = new AbortController();
  let running = Promise.resolve();

  function enqueue(importId: string): void {
    running = running.then(async () => {
      if (closing.signal.aborted) return;
      try {
        await runImport(context, spool, importId, closing.signal);
      } catch (error) {
        // The store does not answer: the import stays unfinished and goes on at the next start.
        context.kernel.logger.error({ err: error, importId }, 'catalogue import was interrupted');
      }
    });
  }

  const unfinished = await context.table.getModel('Import').find({ worker: spool.worker }, { index: 'gs2' });
  for (const { importId } of unfinished) enqueue(importId);

  return {
    enqueue,
    idle: () => running,
    async close() {
      closing.abort();
      await running;
    },
  };
}
