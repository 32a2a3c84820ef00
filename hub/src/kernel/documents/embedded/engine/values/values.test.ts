import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addNumbers, normaliseNumber, sortableNumber } from './decimal.ts';
import { itemSize } from './item-size.ts';
import { afterPrefix, sortableKey } from './sortable-key.ts';

/** Decimals as DynamoDB takes them: up to 38 digits, exponents within its range. */
const decimals = fc
  .tuple(fc.bigInt(-(10n ** 38n - 1n), 10n ** 38n - 1n), fc.integer({ min: -120, max: 80 }))
  .map(([digits, exponent]) => ({ text: `${digits}E${exponent}`, digits, exponent }));

describe('numbers', () => {
  test('sort as text as they do as numbers', () => {
    fc.assert(
      fc.property(decimals, decimals, (one, other) => {
        const order = Math.sign(compare(sortableNumber(one.text), sortableNumber(other.text)));
        const scale = Math.min(one.exponent, other.exponent);
        expect(order).toBe(Math.sign(compare(scaled(one, scale), scaled(other, scale))));
      }),
      { numRuns: 2_000 },
    );
  });

  test('are written in one way only, and adding zero changes nothing', () => {
    fc.assert(
      fc.property(decimals, ({ text }) => {
        const written = normaliseNumber(text);
        expect(normaliseNumber(written)).toBe(written);
        expect(addNumbers(written, '0', 1)).toBe(written);
        expect(addNumbers(written, written, -1)).toBe('0');
      }),
    );
  });

  test.each([
    ['0.1', '0.2', 1, '0.3'],
    ['1', '0.99999999999999999999999999999999999999', -1, '0.00000000000000000000000000000000000001'],
    ['-5', '5', 1, '0'],
    ['9007199254740993', '1', 1, '9007199254740994'],
  ] as const)('%s and %s', (left, right, sign, sum) => {
    expect(addNumbers(left, right, sign)).toBe(sum);
  });
});

describe('keys', () => {
  test('all texts with a prefix, and no others, lie between it and what comes after it', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(text, text, (prefix, other) => {
        const end = afterPrefix(prefix);
        const bytes = (value: string | Buffer) => Buffer.from(value);
        const inside =
          Buffer.compare(bytes(other), bytes(prefix)) >= 0 &&
          (end === undefined || Buffer.compare(bytes(other), bytes(end)) < 0);
        expect(inside).toBe(other.startsWith(prefix));
      }),
      { numRuns: 2_000 },
    );
    expect(afterPrefix('a\u{10ffff}')).toBe('b');
    expect(afterPrefix(Buffer.from([1, 255]))).toEqual(Buffer.from([2]));
    expect(afterPrefix(Buffer.from([255]))).toBeUndefined();
  });

  test('binaries are kept as bytes', () => {
    expect(sortableKey({ B: 'AP8H' })).toEqual(Buffer.from([0, 255, 7]));
  });
});

test('the size of an item counts names, values and nesting', () => {
  expect(itemSize({ pk: { S: 'åb' }, n: { N: '-12.5' }, l: { L: [{ BOOL: true }] } })).toBe(
    2 + 3 + 1 + 4 + 1 + 5,
  );
});

function compare<Value extends string | bigint>(one: Value, other: Value): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function scaled({ digits, exponent }: { digits: bigint; exponent: number }, scale: number): bigint {
  return digits * 10n ** BigInt(exponent - scale);
}
