import { setTimeout as wait } from 'node:timers/promises';
import { backoffMs } from '@butik/sync/backoff';
import { toProductRow } from './product.ts';
import { fromStored, type ProductContext } from './product-context.ts';
import { toDocument } from './search-index.ts';

export interface IndexFill {
  /** Resolves when the index is filled, or the fill was ended. */
  idle(): Promise<void>;
  /** Ends the fill; the next start begins it anew. */
  close(): Promise<void>;
}

const PRODUCTS_A_PAGE = 200;
const RETRY = { baseMs: 500, maxMs: 30_000 };

/**
 * Fills a fresh index with the products there are, beside the work of the service. Events that come meanwhile are
 * newer than what is read and stay. While a store is away it tries again.
 */
export function startIndexFill(context: ProductContext): IndexFill {
  const closing = new AbortController();
  const running = context.search.fresh ? fillUntilDone() : Promise.resolve();

  async function fillUntilDone(): Promise<void> {
    for (let attempt = 1; !closing.signal.aborted; attempt++) {
      try {
        return await fill(context, closing.signal);
      } catch (error) {
        context.kernel.logger.warn(
          { err: error, attempt },
          'the search index could not be filled; trying again',
        );
      }
      await wait(backoffMs(attempt, RETRY, Math.random), undefined, { signal: closing.signal }).catch(
        () => undefined,
      );
    }
  }

  return {
    idle: () => running,
    async close() {
      closing.abort();
      await running;
    },
  };
}

async function fill({ table, search }: ProductContext, signal: AbortSignal): Promise<void> {
  let next: object | undefined;
  do {
    if (signal.aborted) return;
    const page = await table
      .getModel('Product')
      .find({}, { index: 'gs1', limit: PRODUCTS_A_PAGE, maxPages: 1, ...(next && { next }) });
    const products = page.map(fromStored);
    await search.put(
      products.map((product) => toDocument(toProductRow(product), versionAt(product.updatedAt))),
    );
    next = page.next;
  } while (next !== undefined);
  await search.markFilled();
}

/** The least UUIDv7 of a millisecond: older than the event of the change that was made in it, newer than those before. */
function versionAt(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
