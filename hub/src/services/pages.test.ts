import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor, findFrom } from './pages.ts';

const KEY = { pk: 'order#1', sk: '1', gs1pk: 'orders#s', gs1sk: '2026#1' };
const INDEX = { gs1pk: 'orders#s' };
const refusal = {
  code: 'REQUEST_INVALID',
  details: { fields: [expect.objectContaining({ path: 'cursor' })] },
};

test('a cursor leads on from where its page stopped', () => {
  expect(encodeCursor(undefined)).toBeNull();
  expect(decodeCursor(undefined, INDEX)).toBeUndefined();
  expect(decodeCursor(encodeCursor(KEY)!, INDEX)).toEqual(KEY);
  const primary = { pk: 'product#1', sk: 'price#1' };
  expect(decodeCursor(encodeCursor(primary)!, { pk: 'product#1' })).toEqual(primary);
  const rows = { list: '{}', createdMs: '1', id: 'a' };
  expect(decodeCursor(encodeCursor(rows)!, { list: '{}' })).toEqual(rows);
});

const { gs1sk: _, ...short } = KEY;
test.each([
  ['that is no key at all', 'x'],
  ['of another list', { ...KEY, gs1pk: 'orders#t' }],
  ['without a part of the key', short],
  ['with more than the key', { ...KEY, gs2pk: 'a' }],
  ['with an empty part', { ...KEY, sk: '' }],
  ['with a part that is no text', { ...KEY, sk: 1 }],
  ['with a part that is a list', { ...KEY, sk: ['1'] }],
  ['that is a list', [KEY]],
  ['of an older version', { gs1pk: 'orders#s', id: '1' }],
])('a cursor %s is refused', (_, key) => {
  const forged = Buffer.from(JSON.stringify(key)).toString('base64url');
  expect(() => decodeCursor(forged, INDEX)).toThrow(expect.objectContaining(refusal));
});

test('a key that the store does not take is the fault of the cursor, where there is one, and of nobody else', async () => {
  const invalid = Object.assign(new Error('The provided starting key is invalid'), {
    name: 'ValidationException',
  });
  const wrapped = Object.assign(new Error('OneTable'), { context: { err: invalid } });
  for (const error of [invalid, wrapped]) {
    const find = () => Promise.reject(error);
    await expect(findFrom(KEY, find)).rejects.toMatchObject(refusal);
    await expect(findFrom(undefined, find)).rejects.toBe(error);
  }
  const away = new Error('away');
  await expect(findFrom(KEY, () => Promise.reject(away))).rejects.toBe(away);
  expect(await findFrom(KEY, async () => 'a page')).toBe('a page');
});
