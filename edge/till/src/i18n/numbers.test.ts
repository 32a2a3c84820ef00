import { expect, test } from 'vitest';
import { formatAmount, formatMoney, formatRate, parseAmount } from './numbers.ts';

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');

test('kronor look as a Swede writes them', () => {
  expect(plain(formatMoney(123_450, 'SEK', 'sv-SE'))).toBe('1 234,50 kr');
  expect(plain(formatRate(1200, 'sv-SE'))).toBe('12 %');
});

test('an amount may be typed with a comma, a point or neither', () => {
  expect(parseAmount('31,50', 'SEK')).toBe(3150);
  expect(parseAmount('31.5', 'SEK')).toBe(3150);
  expect(parseAmount('1 000', 'SEK')).toBe(100_000);
  expect(parseAmount('500', 'JPY')).toBe(500);
});

test('what is not an amount is not guessed at', () => {
  for (const text of ['', 'abc', '-5', '1,2,3', '12,345', '1e3']) expect(parseAmount(text, 'SEK')).toBeNull();
});

test('an amount put into a field reads back as the same amount', () => {
  for (const minor of [0, 1, 100, 3150, 99_999]) {
    expect(parseAmount(formatAmount(minor, 'SEK', 'sv-SE'), 'SEK')).toBe(minor);
    expect(parseAmount(formatAmount(minor, 'SEK', 'en-GB'), 'SEK')).toBe(minor);
  }
});
