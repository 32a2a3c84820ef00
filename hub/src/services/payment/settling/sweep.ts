import { sql as template } from 'drizzle-orm';
import type { PaymentContext } from '../payment-context.ts';
import { type TransferTable, tableOf } from './lease.ts';
import { settlePayment } from './settle-payment.ts';
import { settleRefund } from './settle-refund.ts';

/** What one sweep takes up, at most; the next one goes on. */
const MAX_SWEPT = 200;
const PARALLEL = 8;

/**
 * Takes up every open payment and refund that is due and that nobody holds: those whose process died, and those
 * whose job is gone. The tables are the truth; jobs are only faster.
 */
export async function sweep(context: PaymentContext, signal: AbortSignal): Promise<void> {
  const due = [
    ...(await dueIn(context, 'payments')).map((id) => () => settlePayment(context, id)),
    ...(await dueIn(context, 'refunds')).map((id) => () => settleRefund(context, id)),
  ];
  const queue = due.values();
  const workers = Array.from({ length: Math.min(PARALLEL, due.length) }, async () => {
    for (const settle of queue) {
      if (signal.aborted || context.background.closing.aborted) return;
      await settle();
    }
  });
  await Promise.all(workers);
}

async function dueIn({ kernel }: PaymentContext, table: TransferTable): Promise<string[]> {
  const now = new Date(kernel.clock.now());
  const rows = await kernel.sql.rows<{ id: string }>(template`
    SELECT id FROM ${tableOf(table)}
    WHERE status = 'pending' AND look_at <= ${now}::timestamptz
      AND (lease_until IS NULL OR lease_until <= ${now}::timestamptz)
    ORDER BY look_at LIMIT ${MAX_SWEPT}`);
  return rows.map(({ id }) => id);
}
