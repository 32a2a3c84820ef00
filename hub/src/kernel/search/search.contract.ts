import { afterAll, beforeAll, describe } from 'vitest';
import { askingContract } from './contract/asking.contract.ts';
import { findingContract } from './contract/finding.contract.ts';
import { GOODS, type SearchUnderTest, SHELF } from './contract/goods.ts';
import { versionsContract } from './contract/versions.contract.ts';
import { writesContract } from './contract/writes.contract.ts';
import type { SearchIndex } from './search.ts';

/** What every adapter of the search port does. */
export function searchContract(engine: string, open: () => Promise<SearchUnderTest>): void {
  describe(`search: ${engine}`, () => {
    let under: SearchUnderTest;
    let shelf: SearchIndex;
    beforeAll(async () => {
      under = await open();
      shelf = await under.search.openIndex(GOODS);
      await shelf.put(SHELF);
      await shelf.markFilled();
      await shelf.refresh();
    });
    afterAll(async () => {
      await under.drop();
    });

    findingContract(() => shelf);
    askingContract(() => shelf);
    describe('writes', () => writesContract(() => under));
    describe('versions of an index', () => versionsContract(() => under));
  });
}
