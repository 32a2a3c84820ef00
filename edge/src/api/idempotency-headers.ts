import { ButikError } from '@butik/proto/errors/butik-error';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';

/** Headers of a request that changes something. */
export const idempotencyHeaders = z.looseObject({
  'idempotency-key': z
    .string()
    .optional()
    .meta({ description: 'Required: a fresh UUID for each new request, the same one when it is repeated.' }),
});

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Throws IDEMPOTENCY_KEY_MISSING when the header is not there or no UUID. */
export function idempotencyKey(headers: z.infer<typeof idempotencyHeaders>): string {
  const key = headers['idempotency-key'];
  if (key === undefined || !UUID.test(key)) throw new ButikError('IDEMPOTENCY_KEY_MISSING');
  return key.toLowerCase();
}

export function markReplayed(reply: FastifyReply, replayed: boolean): void {
  if (replayed) reply.header('idempotency-replayed', 'true');
}
