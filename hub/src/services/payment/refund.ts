import type { Refund } from '@butik/proto/gen/butik/payment/v1/payment';
import { sql as template } from 'drizzle-orm';
import { z } from 'zod';
import type { SqlTx } from '../../kernel/sql/sql.ts';

const refundStates = ['pending', 'processed', 'failed'] as const;

/** A refund as the API shows it. */
export const refundViewSchema = z.object({
  refundId: z.uuid(),
  paymentId: z.uuid(),
  status: z.enum(refundStates),
  amountMinor: z.int(),
  currency: z.string(),
  failureCode: z.string(),
});
export type RefundView = z.output<typeof refundViewSchema>;

/** A row of `payment.refunds` as the operations read it; times are epoch milliseconds. */
export interface RefundRow {
  id: string;
  paymentId: string;
  amountMinor: number;
  currency: string;
  status: (typeof refundStates)[number];
  reason: string;
  failureCode: string;
  contentHash: string;
  firstSentMs: number | null;
  lastSentMs: number | null;
  unknownMs: number | null;
  /** The gateway's code, where it refused what was sent to it once more. */
  refusedCode: string | null;
  looks: number;
  lease: string | null;
  leaseUntilMs: number | null;
  review: string | null;
}

const REFUND_COLUMNS = template.raw(`
  id, payment_id AS "paymentId", amount_minor AS "amountMinor", currency, status, reason,
  failure_code AS "failureCode", content_hash AS "contentHash", refused_code AS "refusedCode", looks, lease, review,
  (extract(epoch FROM first_sent_at) * 1000)::bigint AS "firstSentMs",
  (extract(epoch FROM last_sent_at) * 1000)::bigint AS "lastSentMs",
  (extract(epoch FROM unknown_at) * 1000)::bigint AS "unknownMs",
  (extract(epoch FROM lease_until) * 1000)::bigint AS "leaseUntilMs"`);

/** The refund's row, or undefined. */
export async function readRefund({ rows }: SqlTx, refundId: string): Promise<RefundRow | undefined> {
  const [row] = await rows<RefundRow>(
    template`SELECT ${REFUND_COLUMNS} FROM payment.refunds WHERE id = ${refundId}`,
  );
  return row;
}

/** The refund's row, locked until the transaction ends, or undefined. */
export async function lockRefund({ rows }: SqlTx, refundId: string): Promise<RefundRow | undefined> {
  const [row] = await rows<RefundRow>(
    template`SELECT ${REFUND_COLUMNS} FROM payment.refunds WHERE id = ${refundId} FOR UPDATE`,
  );
  return row;
}

/** All refunds of a payment, the oldest first. */
export async function refundsOf({ rows }: SqlTx, paymentId: string): Promise<RefundRow[]> {
  return rows<RefundRow>(template`
    SELECT ${REFUND_COLUMNS} FROM payment.refunds WHERE payment_id = ${paymentId} ORDER BY created_at, id`);
}

export function toRefund(row: RefundRow): Refund & RefundView {
  return {
    refundId: row.id,
    paymentId: row.paymentId,
    status: row.status,
    amountMinor: row.amountMinor,
    currency: row.currency,
    failureCode: row.failureCode,
  };
}
