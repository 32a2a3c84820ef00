import { NoAnswerError, ProblemError } from '../api/errors.ts';
import type { Sale, SaleInput } from '../api/types.ts';

/** A sale on its way to the edge. The key is made once and goes with every attempt. */
export interface PendingSale {
  idempotencyKey: string;
  sale: SaleInput;
}

export interface SendPorts {
  post(sale: SaleInput, idempotencyKey: string): Promise<Sale>;
  /** Rejects when the page is left. */
  wait(ms: number): Promise<void>;
  onRetry(attempt: number, reason: NoAnswerError | ProblemError): void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 4_000;
/** Refusals of which the edge says that they may pass; the sale may also have been made already. */
const PASSING_STATUSES: readonly number[] = [408, 425, 429];

/**
 * Sends a sale until the edge has answered. Without an answer nobody knows whether it was recorded, so
 * it is asked again with the same key, to which the edge gives its first answer. Throws ProblemError when
 * the edge has refused the sale for good.
 */
export async function sendSale(
  { sale, idempotencyKey }: PendingSale,
  { post, wait, onRetry }: SendPorts,
): Promise<Sale> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await post(sale, idempotencyKey);
    } catch (error) {
      if (!mayPass(error)) throw error;
      onRetry(attempt, error);
    }
    await wait(Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS));
  }
}

function mayPass(error: unknown): error is NoAnswerError | ProblemError {
  if (error instanceof NoAnswerError) return true;
  if (!(error instanceof ProblemError)) return false;
  const { status, code } = error.problem;
  // A full disk kept nothing, and waiting does not empty it.
  return code !== 'STORE_FULL' && (status >= 500 || PASSING_STATUSES.includes(status));
}
