import { expect, test } from 'vitest';
import type { SearchIndex, SearchQuery } from '../search.ts';
import { findIds, goods, SHELF } from './goods.ts';

/** How a query is taken: its signs, pages, filters, facets and bounds. */
export function askingContract(shelf: () => SearchIndex): void {
  const ids = (text: string, query?: Partial<SearchQuery>) => findIds(shelf(), text, query);

  test.for([
    "'; DROP TABLE goods; --",
    'AND',
    '*',
    'OR NOT',
    'name:*',
    '"',
    '(',
    '\\',
    "''",
    '\0',
    ' -!& ',
    '%',
    '_',
  ])('no sign has a meaning: %j finds nothing and does no harm', async (text) => {
    expect(await ids(text)).toEqual([]);
    expect(await ids('kanelbulle')).toEqual(['kanelbulle']);
  });

  test('signs between words change nothing', async () => {
    expect(await ids('+mjölk & -3!')).toEqual(await ids('mjölk 3'));
    expect(await ids('kanelbulle*')).toEqual(['kanelbulle']);
  });

  test('a long text is cut, not refused', async () => {
    expect(await ids('kanelbulle '.repeat(5_000))).toEqual(['kanelbulle']);
  });

  test('no text finds everything, page by page, and a page beyond the end is empty', async () => {
    const pages: string[][] = [];
    for (const offset of [0, 5, 10, 15]) pages.push(await ids('  ', { limit: 5, offset }));
    expect(pages.map(({ length }) => length)).toEqual([5, 5, 4, 0]);
    expect(pages.flat().sort()).toEqual(SHELF.map(({ id }) => id).sort());
    const beyond = await shelf().search({ text: '', limit: 5, offset: 500 });
    expect(beyond).toMatchObject({ hits: [], total: SHELF.length });
  });

  test('filters of one field are alternatives, those of two both hold', async () => {
    expect(await ids('mjölk', { filters: { active: [true] } })).not.toContain('gammal');
    expect(await ids('', { filters: { active: [false] } })).toEqual(['gammal']);
    const breadAndFruit = await ids('', { filters: { category: ['Bröd', 'Frukt'] } });
    expect(breadAndFruit.sort()).toEqual(['applen', 'kanelbulle']);
    expect(await ids('', { filters: { category: ['Mejeri'], tags: ['ekologisk'] } })).toEqual(['lattmjolk']);
    expect(await ids('', { filters: { category: ['bröd'] } })).toEqual([]);
    expect(await ids('', { filters: { category: [] } })).toEqual([]);
  });

  test('facets count all that was found, not the page, the most frequent value first', async () => {
    const { total, facets } = await shelf().search({
      text: 'mjölk',
      filters: { category: ['Mejeri'] },
      facets: ['tags', 'active', 'category'],
      limit: 1,
    });
    expect(total).toBe(3);
    expect(facets).toEqual({
      tags: [
        { value: 'svensk', count: 3 },
        { value: 'ekologisk', count: 1 },
      ],
      active: [
        { value: 'true', count: 2 },
        { value: 'false', count: 1 },
      ],
      category: [{ value: 'Mejeri', count: 3 }],
    });
    const none = await shelf().search({ text: 'xyzzyq', facets: ['tags'], limit: 1 });
    expect(none.facets).toEqual({ tags: [] });
  });

  test.for([
    ['limit', { limit: 0 }],
    ['limit', { limit: 201 }],
    ['offset', { offset: 9_951 }],
    ['offset', { offset: -1 }],
    ['filters.price', { filters: { price: ['1'] } }],
    ['facets.price', { facets: ['price'] }],
  ] as const)('a query out of bounds is refused with its field: %s', async ([field, query]) => {
    await expect(shelf().search({ text: '', limit: 50, ...query })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      details: { fields: [{ path: field }] },
    });
  });

  test('a document out of bounds is refused, and nothing of its call is kept', async () => {
    const refused = shelf().put([
      goods('fits', 'OK-1', 'Utmärkt', 'Mejeri', []),
      goods('too-long', 'OK-2', 'Utmärkt', 'x'.repeat(201), []),
    ]);
    await expect(refused).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      details: { fields: [{ path: 'fields.category' }] },
    });
    await shelf().refresh();
    expect(await ids('utmärkt')).toEqual([]);
  });
}
