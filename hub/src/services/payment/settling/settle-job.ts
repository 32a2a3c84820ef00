import { z } from 'zod';
import { defineJob } from '../../../kernel/jobs/jobs.ts';

/** Looks again at one open payment, or at one of its refunds. */
export const settleJob = defineJob({
  name: 'payment.settle',
  payload: z.object({ paymentId: z.uuid(), refundId: z.uuid().optional() }),
  // The next look is planned by the look itself; an attempt fails only when our own store is away.
  maxAttempts: 5,
  backoffMs: 1_000,
  maxBackoffMs: 60_000,
  timeoutMs: 90_000,
});
