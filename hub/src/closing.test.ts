import { expect, test } from 'vitest';
import { createClosing } from './closing.ts';

function opened(...failing: string[]) {
  const closing = createClosing();
  const log: string[] = [];
  for (const part of ['store', 'bus', 'server']) {
    closing.add(async () => {
      log.push(part);
      if (failing.includes(part)) throw new Error(`${part} is stuck`);
    });
  }
  return { closing, log };
}

test('what was opened last is closed first, and once', async () => {
  const { closing, log } = opened();
  await Promise.all([closing.close(), closing.close()]);
  expect(log).toEqual(['server', 'bus', 'store']);
});

test('a part that cannot be closed keeps no other open, and is told', async () => {
  const { closing, log } = opened('bus');
  await expect(closing.close()).rejects.toThrow('bus is stuck');
  expect(log).toEqual(['server', 'bus', 'store']);
});

test('several that cannot be closed are told together', async () => {
  const { closing } = opened('bus', 'server');
  const told = { errors: [new Error('server is stuck'), new Error('bus is stuck')] };
  await expect(closing.close()).rejects.toMatchObject(told);
});
