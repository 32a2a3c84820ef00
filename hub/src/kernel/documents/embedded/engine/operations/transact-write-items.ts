import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DynamoError, invalid } from '../dynamo-error.ts';
import { IDEMPOTENCY_MS, MAX_TRANSACTION, MAX_TRANSACTION_ITEMS } from '../limits.ts';
import type { Store } from '../store/store.ts';
import { keyIdentity } from './key-identity.ts';
import type { Operation } from './operation.ts';
import {
  applyWrite,
  checkRequest,
  deleteRequest,
  type EvaluatedWrite,
  evaluateWrite,
  type PreparedWrite,
  prepareCheck,
  prepareDelete,
  preparePut,
  prepareUpdate,
  putRequest,
  updateRequest,
} from './prepare-write.ts';
import { parseRequest } from './requests.ts';

const transactItem = z.object({
  Put: putRequest.optional(),
  Update: updateRequest.optional(),
  Delete: deleteRequest.optional(),
  ConditionCheck: checkRequest.optional(),
});
const request = z.object({
  TransactItems: z.array(transactItem).min(1).max(MAX_TRANSACTION_ITEMS),
  ClientRequestToken: z.string().min(1).max(36).optional(),
});

interface CancellationReason {
  readonly Code: 'None' | 'ConditionalCheckFailed' | 'ValidationError';
  readonly Message?: string;
  readonly Item?: unknown;
}

export const transactWriteItems: Operation = {
  writes: true,
  run({ store, nowMs }, input) {
    const { TransactItems, ClientRequestToken } = parseRequest(request, input);
    const prepared = TransactItems.map((item) => prepare(store, item));
    const identities = prepared.map(({ table, key }) => keyIdentity(table.definition.name, key));
    if (new Set(identities).size < identities.length) {
      throw invalid('Transaction request cannot include multiple operations on one item');
    }
    if (ClientRequestToken && wasDone(store, ClientRequestToken, TransactItems, nowMs)) return {};
    for (const evaluated of evaluateAll(prepared)) applyWrite(evaluated);
    return {};
  },
};

function prepare(store: Store, item: z.infer<typeof transactItem>): PreparedWrite {
  if (Object.values(item).filter((operation) => operation !== undefined).length > 1) {
    throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  if (item.Put) return preparePut(store, item.Put);
  if (item.Update) return prepareUpdate(store, item.Update);
  if (item.Delete) return prepareDelete(store, item.Delete);
  if (item.ConditionCheck) return prepareCheck(store, item.ConditionCheck);
  throw invalid('Invalid Request: TransactWriteRequest should contain Delete or Put or Update request');
}

/** All writes against the items as they are; no two touch the same one. Throws with a reason for each of them. */
function evaluateAll(prepared: readonly PreparedWrite[]): readonly EvaluatedWrite[] {
  const reasons: CancellationReason[] = [];
  const evaluated: EvaluatedWrite[] = [];
  for (const write of prepared) {
    try {
      evaluated.push(evaluateWrite(write));
      reasons.push({ Code: 'None' });
    } catch (error) {
      reasons.push(reasonOf(error));
    }
  }
  if (evaluated.length < prepared.length) {
    const codes = reasons.map((reason) => reason.Code).join(', ');
    throw new DynamoError(
      'TransactionCanceledException',
      `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
      { CancellationReasons: reasons },
    );
  }
  const size = evaluated.reduce((sum, write) => sum + write.size, 0);
  if (size > MAX_TRANSACTION)
    throw invalid(`Transaction payload size cannot exceed 4MB. Payload Size: ${size}`);
  return evaluated;
}

function reasonOf(error: unknown): CancellationReason {
  if (!(error instanceof DynamoError)) throw error;
  if (error.type === 'ConditionalCheckFailedException') {
    return { Code: 'ConditionalCheckFailed', Message: error.message, ...error.members };
  }
  if (error.type === 'ValidationException') return { Code: 'ValidationError', Message: error.message };
  throw error;
}

/**
 * Whether a request with this token was carried out in the last ten minutes; notes the token otherwise.
 * The note is part of the transaction, so a request that fails leaves none.
 */
function wasDone(store: Store, token: string, items: unknown, nowMs: number): boolean {
  const digest = createHash('sha256').update(JSON.stringify(items)).digest();
  const known = store
    .statement('SELECT request FROM tokens WHERE token = ? AND expires_ms > ?')
    .get(token, nowMs) as { request: Buffer } | undefined;
  if (known?.request.equals(digest)) return true;
  if (known) {
    throw new DynamoError(
      'IdempotentParameterMismatchException',
      'The request uses the same client token as a previous, but non-identical request. ' +
        'Do not reuse a client token with different requests, unless the requests are identical',
    );
  }
  store.statement('DELETE FROM tokens WHERE expires_ms <= ?').run(nowMs);
  store
    .statement('INSERT INTO tokens (token, request, expires_ms) VALUES (?, ?, ?)')
    .run(token, digest, nowMs + IDEMPOTENCY_MS);
  return false;
}
