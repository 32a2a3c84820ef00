import { beforeEach, expect, test } from 'vitest';
import type { SearchIndex } from '../search.ts';
import { findIds, GOODS, goods, type SearchUnderTest } from './goods.ts';

/** What becomes of documents that are put and removed, in whatever order. */
export function writesContract(under: () => SearchUnderTest): void {
  let shelf: SearchIndex;
  let shelves = 0;
  beforeEach(async () => {
    shelf = await under().search.openIndex({ ...GOODS, name: `shelf${++shelves}` });
  });
  const named = (name: string, version: string) => ({
    ...goods('one', 'ONE', name, null, []),
    version,
  });
  const found = async (text: string) => {
    await shelf.refresh();
    return await findIds(shelf, text);
  };

  test('an older write that comes late changes nothing', async () => {
    await shelf.put([named('Nyttnamn', '0192')]);
    await shelf.put([named('Gammalnamn', '0191')]);
    await shelf.put([named('Likagammal', '0192')]);
    expect(await found('nyttnamn')).toEqual(['one']);
    expect(await found('gammalnamn')).toEqual([]);
    expect(await found('likagammal')).toEqual([]);
  });

  test('of two writes in one call the newer stays, in whatever order', async () => {
    await shelf.put([named('Nyttnamn', '0193'), named('Gammalnamn', '0191')]);
    expect(await found('')).toEqual(['one']);
    expect(await found('nyttnamn')).toEqual(['one']);
  });

  test('many writes of one document at once leave the newest', async () => {
    const versions = Array.from({ length: 20 }, (_, n) => String(1_000 + n));
    const shuffled = versions.toSorted((a, b) => a.at(-1)!.localeCompare(b.at(-1)!));
    await Promise.all(shuffled.map((version) => shelf.put([named(`Namn${version}`, version)])));
    expect(await found('namn1019')).toEqual(['one']);
    expect(await found('')).toEqual(['one']);
  });

  test('what was removed is not found, and an older write does not bring it back', async () => {
    await shelf.put([named('Nyttnamn', '0192')]);
    await shelf.remove([{ id: 'one', version: '0193' }]);
    await shelf.put([named('Nyttnamn', '0192')]);
    expect(await found('nyttnamn')).toEqual([]);
    expect(await found('')).toEqual([]);
    await shelf.put([named('Tillbaka', '0194')]);
    expect(await found('tillbaka')).toEqual(['one']);
  });

  test('a removal that comes before its document keeps it away', async () => {
    await shelf.remove([{ id: 'one', version: '0193' }]);
    await shelf.put([named('Nyttnamn', '0192')]);
    expect(await found('nyttnamn')).toEqual([]);
  });

  test('an old removal does not take away what was put after it', async () => {
    await shelf.put([named('Nyttnamn', '0192')]);
    await shelf.remove([{ id: 'one', version: '0191' }]);
    expect(await found('nyttnamn')).toEqual(['one']);
  });

  test('a changed document is found by its new words and no longer by the old ones', async () => {
    await shelf.put([named('Kanelbulle', '1')]);
    await shelf.put([named('Kardemummabulle', '2')]);
    expect(await found('kanelbulle')).toEqual([]);
    expect(await found('kardemummabulle')).toEqual(['one']);
  });

  test('signs that a store cannot keep do not stop a document', async () => {
    await shelf.put([named('Kex\0 "med" \ud800 choklad \\ \'s', '1')]);
    expect(await found('choklad')).toEqual(['one']);
  });

  test('more documents than fit a batch or a page are all there', async () => {
    const many = Array.from({ length: 1_234 }, (_, n) =>
      goods(`n${String(n).padStart(4, '0')}`, `C${n}`, `Vara nummer ${n}`, n % 2 ? 'Udda' : 'Jämn', []),
    );
    await shelf.put(many);
    await shelf.refresh();
    const seen = new Set<string>();
    for (let offset = 0; offset < 1_400; offset += 200) {
      for (const id of await findIds(shelf, 'vara', { limit: 200, offset })) seen.add(id);
    }
    expect(seen.size).toBe(1_234);
    const { total, facets } = await shelf.search({ text: 'vara', limit: 1, facets: ['category'] });
    expect(total).toBe(1_234);
    expect(facets.category).toEqual([
      { value: 'Jämn', count: 617 },
      { value: 'Udda', count: 617 },
    ]);
  });
}
