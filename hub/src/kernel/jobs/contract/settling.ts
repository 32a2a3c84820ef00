import { vi } from 'vitest';
import { z } from 'zod';
import { defineJob, type Jobs } from '../jobs.ts';

/** The job of most stories. */
export const settle = defineJob({
  name: 'payment.settle',
  payload: z.object({ orderId: z.string(), minor: z.number().default(0) }),
  maxAttempts: 3,
  backoffMs: 1,
  maxBackoffMs: 2,
  timeoutMs: 5_000,
});

export const order = (orderId: string) => ({ orderId });

/** Works in `jobs`, and notes the orders as they are settled. */
export async function settling(
  jobs: Jobs,
  react: (orderId: string, attempt: number) => Promise<void> = async () => undefined,
): Promise<string[]> {
  const settled: string[] = [];
  await jobs.work(settle, async ({ orderId }, { number }) => {
    await react(orderId, number);
    settled.push(orderId);
  });
  return settled;
}

/** A handler's gate: it says that it has begun, and waits to be let through. */
export function gate() {
  const begun = Promise.withResolvers<void>();
  const open = Promise.withResolvers<void>();
  return {
    begun: begun.promise,
    open: () => open.resolve(),
    pass() {
      begun.resolve();
      return open.promise;
    },
  };
}

export const eventually = <T>(check: () => T | Promise<T>) =>
  vi.waitFor(check, { timeout: 15_000, interval: 10 });
