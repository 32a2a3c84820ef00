import { expect, test } from 'vitest';
import type { Cache } from './kernel/cache/cache.ts';
import { kernelFor } from './kernel-for.ts';

type Args = Parameters<typeof kernelFor>;

test('a service finds the ports that it asked for, and hears at once when it uses another one', () => {
  const cache = {} as Cache;
  const ports = { cache, jobs: {} } as unknown as Args[1];
  const kernel = kernelFor({ name: 'order', needs: ['cache'] }, ports, { dataFolder: 'x' } as Args[2]);
  expect(kernel.cache).toBe(cache);
  expect(kernel.dataFolder).toBe('x');
  expect(() => kernel.jobs).toThrow('the service order does not say that it needs jobs');
});
