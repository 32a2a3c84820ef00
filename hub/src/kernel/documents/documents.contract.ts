import { describe } from 'vitest';
import { conditionsContract } from './contract/conditions.contract.ts';
import { itemsContract } from './contract/items.contract.ts';
import { queriesContract } from './contract/queries.contract.ts';
import { useShelf } from './contract/shelf.ts';
import { tablesContract } from './contract/tables.contract.ts';
import { transactionsContract } from './contract/transactions.contract.ts';
import { updatesContract } from './contract/updates.contract.ts';
import type { Documents } from './documents.ts';

/** What every adapter of the documents port does, down to the names and words of its refusals. */
export function documentsContract(name: string, open: () => Promise<Documents>): void {
  describe(`documents: ${name}`, () => {
    const shelf = useShelf(open);
    tablesContract(shelf);
    itemsContract(shelf);
    conditionsContract(shelf);
    updatesContract(shelf);
    queriesContract(shelf);
    transactionsContract(shelf);
  });
}
