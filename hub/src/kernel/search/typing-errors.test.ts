import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forgivenErrors, typingErrors } from './typing-errors.ts';

test.for([
  ['mjölk', 'mjölk', 0],
  ['mjlök', 'mjölk', 1],
  ['kannelbulle', 'kanelbulle', 1],
  ['kanelbule', 'kanelbulle', 1],
  ['kafe', 'kaffe', 1],
  ['brygkaffee', 'bryggkaffe', 2],
  ['', 'ost', 3],
] as const)('from %s to %s is %d', ([one, other, errors]) => {
  expect(typingErrors(one, other)).toBe(errors);
});

test('errors count the same from both sides, and never more than the longer word has letters', () => {
  const words = fc.string({ unit: fc.constantFrom('a', 'b', 'å'), maxLength: 8 });
  fc.assert(
    fc.property(words, words, (one, other) => {
      const errors = typingErrors(one, other);
      expect(errors).toBe(typingErrors(other, one));
      expect(errors).toBeLessThanOrEqual(Math.max(one.length, other.length));
      expect(errors).toBeGreaterThanOrEqual(Math.abs(one.length - other.length));
      expect(errors === 0).toBe(one === other);
    }),
  );
});

test('short words must be right, longer ones are forgiven one error or two', () => {
  expect(['öl', 'ost', 'mjöl', 'choklad', 'bryggkaffe'].map(forgivenErrors)).toEqual([0, 0, 1, 1, 2]);
});
