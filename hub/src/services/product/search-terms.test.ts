import { expect, test } from 'vitest';
import { indexTerms, searchQuery } from './search-terms.ts';

test('a compound is found by its last part', () => {
  expect(indexTerms(['Lättmjölk 1 l'], 'MJ-1')).toEqual(
    expect.arrayContaining(['lättmjölk', 'mjölk', '1', 'mj-1', 'mj']),
  );
  expect(indexTerms(['Lättmjölk'], 'x')).not.toContain('lk');
});

test('a search asks for all its words by their beginnings, and no sign in it has a meaning', () => {
  expect(searchQuery('Röd & mjölk')).toBe("'röd':* & 'mjölk':*");
  expect(searchQuery("'; DROP:*")).toBe("'drop':*");
  expect(searchQuery(' -!& ')).toBeNull();
});

test('letters written in two ways are the same letters', () => {
  expect(searchQuery('a\u030al')).toBe("'ål':*");
});
