import { ButikError } from '@butik/proto/errors/butik-error';
import type { Table } from 'dynamodb-onetable';

/** How often a transaction that met another one on the same item is tried again, and the longest first wait. */
const ATTEMPTS = 6;
const FIRST_WAIT_MS = 20;

/**
 * Writes a prepared OneTable transaction. DynamoDB cancels one of two transactions that meet on an item;
 * such a one is repeated as it is, and SERVICE_UNAVAILABLE when it meets others every time. A condition that
 * failed is thrown: see `conditionFailed`.
 */
export async function transact(table: Table, transaction: object): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await table.transact('write', transaction);
      return;
    } catch (error) {
      if (!onlyConflicts(error)) throw error;
      if (attempt === ATTEMPTS) {
        throw new ButikError('SERVICE_UNAVAILABLE', {
          message: 'Others write to the same place all the time.',
          details: { part: 'documents' },
          cause: error,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** attempt * Math.random()));
    }
  }
}

function onlyConflicts(thrown: unknown): boolean {
  const wrapped = thrown as { context?: { err?: unknown } } | undefined;
  const error = (wrapped?.context?.err ?? thrown) as { CancellationReasons?: { Code?: string }[] };
  const reasons = (error.CancellationReasons ?? [])
    .map((reason) => reason.Code)
    .filter((code) => code !== 'None');
  return reasons.length > 0 && reasons.every((code) => code === 'TransactionConflict');
}
