import { expect, test } from 'vitest';
import type { SearchIndex, SearchQuery } from '../search.ts';
import { findIds, SHELF } from './goods.ts';

/** What people find by their words and codes, and in which order. */
export function findingContract(shelf: () => SearchIndex): void {
  const ids = (text: string, query?: Partial<SearchQuery>) => findIds(shelf(), text, query);

  test.for([
    ['a word as it is written', 'mjölk', ['mjolk', 'lattmjolk']],
    ['its definite form', 'mjölken', ['mjolk', 'lattmjolk']],
    ['a singular finds the plural', 'äpple', ['applen']],
    ['a plural finds the singular', 'kanelbullar', ['kanelbulle']],
    ['the plural of the end of a compound', 'bullarna', ['kanelbulle']],
    ['the end of a compound', 'kaffe', ['kaffe']],
    ['a short end of a compound', 'öl', ['folkol']],
    ['a compound by its end and in another form', 'lättmjölken', ['lattmjolk']],
    ['an English plural', 'strawberries', ['strawberry']],
    ['an English singular', 'ice cream', ['strawberry']],
    ['the beginning of a word', 'bryggk', ['kaffe']],
    ['a single word of two', 'mellanrost kaffe', ['kaffe']],
    ['small words that are not there', 'kaffe med en mellanrost', ['kaffe']],
    ['capitals', 'KANELBULLE', ['kanelbulle']],
    ['letters written in two parts', 'mjo\u0308lk', ['mjolk', 'lattmjolk']],
    ['accents left out', 'creme fraiche', ['creme']],
    ['a word of the category', 'mejeri', ['mjolk', 'lattmjolk', 'creme']],
  ] as const)('%s finds it', async ([, text, expected]) => {
    const found = await ids(text);
    expect(found).toEqual(expect.arrayContaining([...expected]));
  });

  test('å, ä and ö are letters of their own', async () => {
    expect(await ids('ål')).toEqual(['al']);
    expect((await ids('al'))[0]).toBe('al-pa-engelska');
    expect(await ids('al')).not.toContain('al');
  });

  test.for([
    ['two letters swapped', 'mjlök', 'mjolk'],
    ['a letter too many', 'kannelbulle', 'kanelbulle'],
    ['a letter left out, in the plural', 'knelbullar', 'kanelbulle'],
    ['two errors in a long word', 'brygkaffee', 'kaffe'],
    ['the dots left out', 'applen', 'applen'],
    ['the first letter mistaken', 'pokbok', 'kokbok'],
    ['an error in one of two words', 'rojal gala', 'applen'],
  ] as const)('a typing error is forgiven: %s', async ([, text, expected]) => {
    expect(await ids(text)).toContain(expected);
  });

  test('a typing error counts only where nothing else is found, and not in short words', async () => {
    expect(await ids('mjöl')).not.toContain('al');
    expect(await ids('vetemjöl')).toEqual(['mjol']);
    expect(await ids('tee')).toEqual([]);
    expect(await ids('xyzzyq')).toEqual([]);
  });

  test('every word must be there', async () => {
    expect(await ids('mjölk kanelbulle')).toEqual([]);
    expect(await ids('mjölk kanel')).toEqual(['kokbok']);
  });

  test('a code is found exactly before those that begin so, in any case of its letters', async () => {
    expect((await ids('mj-9'))[0]).toBe('gammal');
    expect(await ids('7310865004703')).toEqual(['kaffe']);
    expect(await ids('731086')).toEqual(['kaffe']);
    expect(await ids('mj-')).toEqual(expect.arrayContaining(['gammal', 'lattmjolk', 'mjol', 'mjolk']));
    expect((await ids('MJ-3'))[0]).toBe('mjol');
  });

  test('whole words come before parts of words, and of whole words those in the name', async () => {
    const milk = await ids('mjölk');
    expect(milk.slice(0, 2)).toEqual(['mjolk', 'kokbok']);
    expect(milk.slice(2).sort()).toEqual(['gammal', 'lattmjolk']);
    expect(await ids('kanel')).toEqual(['kokbok', 'kanelbulle']);
  });

  test('scores fall from hit to hit, and a hit has the fields that were put', async () => {
    const { hits } = await shelf().search({ text: 'mjölk', limit: 50 });
    const scores = hits.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(hits.find(({ id }) => id === 'mjolk')!.fields).toEqual(SHELF[1]!.fields);
  });
}
