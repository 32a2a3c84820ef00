import { expect, test } from 'vitest';
import { endsOf, foldCode, queryWords, wordsOf } from './words.ts';

test('words are letters and digits in lower case, å, ä and ö among them, other accents left out', () => {
  expect(wordsOf('Crème fraîche, Åre-ÖL 3,5 %')).toEqual(['creme', 'fraiche', 'åre', 'öl', '3', '5']);
  expect(wordsOf('a\u030al')).toEqual(['ål']);
  expect(wordsOf("'; DROP -- \0 :*")).toEqual(['drop']);
});

test('a compound is found by its ends', () => {
  expect(endsOf('folköl')).toEqual(['folköl', 'olköl', 'lköl', 'köl', 'öl']);
  expect(endsOf('1')).toEqual([]);
});

test('small words are left out of a query, unless there are no others', () => {
  expect(queryWords('bröd och smör med smör')).toEqual(['bröd', 'smör']);
  expect(queryWords('och')).toEqual(['och']);
  expect(queryWords('a b c d e f g h i j k')).toHaveLength(8);
});

test('long texts and words are cut', () => {
  expect(wordsOf('x'.repeat(100_000))).toEqual(['x'.repeat(40)]);
  expect(wordsOf('x '.repeat(9_000))).toHaveLength(500);
  expect(foldCode(`  MJ-1 ${'x'.repeat(1_000)}`)).toHaveLength(198);
});
