import { IN_FLIGHT_MS, isForgotten, type NextStep, nextStep } from '@butik/domain/payments/next-step';
import { sql as template } from 'drizzle-orm';
import type { SqlTx } from '../../../kernel/sql/sql.ts';
import type { PaymentContext } from '../payment-context.ts';
import { type TransferTable, tableOf } from './lease.ts';

/** A payment or refund that was asked about and whose outcome is still open. */
export interface OpenRow {
  id: string;
  firstSentMs: number | null;
  lastSentMs: number | null;
  unknownMs: number | null;
  refusedCode: string | null;
  looks: number;
  review: string | null;
  unwanted: boolean;
  /** When it is not wanted any more at the latest; null for a refund, which is always wanted. */
  payByMs: number | null;
}

export interface StillOpen {
  /** There is something else to ask, at once. */
  again: boolean;
  restMs: number;
  /** People must be told, and why: said once. */
  alert: string | null;
}

const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 5 * 60_000;
/** People look into it; the gateway is still asked now and then. */
const REST_UNDER_REVIEW_MS = 60 * 60_000;
/** Open for so long after it should have been paid, or was sent: something is wrong. */
const OVERDUE_MS = 60 * 60_000;

/** Gives the row back with what was heard, to be looked at again later, and later each time. */
export async function keepOpen(
  { kernel }: PaymentContext,
  tx: SqlTx,
  table: TransferTable,
  row: OpenRow,
  asked: { step: NextStep; answer: 'open' | 'unknown' | 'lost' | 'mismatch' | 'refused'; code?: string },
): Promise<StillOpen> {
  const nowMs = kernel.clock.now();
  const { step, answer, code } = asked;
  const unknownMs = answer === 'unknown' ? nowMs : answer === 'lost' ? row.unknownMs : null;
  // It is forgotten when the gateway turns out to know the transfer.
  const refusedCode = code ?? (answer === 'unknown' || answer === 'lost' ? row.refusedCode : null);
  const heard = { ...row, unknownMs, refused: refusedCode !== null };
  const next = nextStep(heard, nowMs);
  const again =
    next !== step && next !== 'wait' && answer !== 'mismatch' && (answer !== 'lost' || step === 'send');
  const review = row.review ?? reasonForReview(heard, answer, nowMs);
  const restMs = next === 'wait' ? waitMs(row, nowMs) : restOf(row, review, nowMs);
  await tx.rows(template`
    UPDATE ${tableOf(table)} SET lease = NULL, lease_until = NULL, looks = looks + ${again ? 0 : 1}, review = ${review},
      refused_code = ${refusedCode},
      unknown_at = ${unknownMs === null ? null : new Date(unknownMs)}::timestamptz,
      look_at = ${new Date(nowMs + restMs)}::timestamptz, updated_at = ${new Date(nowMs)}::timestamptz
    WHERE id = ${row.id}`);
  return { again, restMs, alert: review !== row.review ? review : null };
}

function reasonForReview(row: OpenRow, answer: string, nowMs: number): string | null {
  if (answer === 'mismatch') return 'AMOUNT_MISMATCH';
  if (isForgotten(row, nowMs)) return 'FORGOTTEN_BY_GATEWAY';
  const dueMs = row.payByMs ?? row.firstSentMs ?? nowMs;
  return nowMs - dueMs >= OVERDUE_MS ? 'OVERDUE' : null;
}

function restOf({ looks, payByMs }: OpenRow, review: string | null, nowMs: number): number {
  if (review !== null) return REST_UNDER_REVIEW_MS;
  const growing = Math.min(FIRST_REST_MS * 2 ** Math.min(looks, 20), LONGEST_REST_MS);
  const untilDueMs = payByMs === null ? 0 : payByMs - nowMs;
  return untilDueMs > 0 ? Math.min(growing, untilDueMs) : growing;
}

function waitMs({ lastSentMs }: OpenRow, nowMs: number): number {
  return Math.max((lastSentMs ?? nowMs) + IN_FLIGHT_MS - nowMs, 0);
}
