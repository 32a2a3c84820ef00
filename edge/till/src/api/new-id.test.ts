import { expect, test } from 'vitest';
import { newId } from './new-id.ts';

test('an id is a UUIDv7 that begins with its time', () => {
  const id = newId(Date.parse('2026-03-02T08:00:00Z'));
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(Date.parse('2026-03-02T08:00:00Z'));
});

test('two ids made in the same millisecond differ', () => {
  expect(newId(1_700_000_000_000)).not.toBe(newId(1_700_000_000_000));
});
