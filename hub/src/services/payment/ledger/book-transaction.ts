import { sql as template } from 'drizzle-orm';
import type { SqlTx } from '../../../kernel/sql/sql.ts';

export interface MovedMoney {
  transactionId: string;
  kind: 'charge' | 'refund';
  paymentId: string;
  refundId: string | null;
  shopId: string;
  amountMinor: number;
  currency: string;
  gateway: string;
  gatewayTransactionId: string;
  /** Epoch milliseconds. */
  atMs: number;
}

/** Books money that a gateway says has moved. A second charge of one payment fails in the database. */
export async function bookTransaction(tx: SqlTx, moved: MovedMoney): Promise<void> {
  await tx.rows(template`
    INSERT INTO payment.payment_transactions
      (id, payment_id, refund_id, kind, amount_minor, currency, gateway, gateway_transaction_id, booked_at)
    VALUES (${moved.transactionId}, ${moved.paymentId}, ${moved.refundId}, ${moved.kind}, ${moved.amountMinor},
      ${moved.currency}, ${moved.gateway}, ${moved.gatewayTransactionId}, ${new Date(moved.atMs)}::timestamptz)`);
  const gatewayMinor = moved.kind === 'charge' ? moved.amountMinor : 0 - moved.amountMinor;
  const other = `${moved.kind === 'charge' ? 'sales' : 'refunds'}:${moved.shopId}`;
  await tx.rows(template`
    INSERT INTO payment.ledger_entries (transaction_id, account, amount_minor)
    VALUES (${moved.transactionId}, ${`gateway:${moved.gateway}`}, ${gatewayMinor}),
      (${moved.transactionId}, ${other}, ${0 - gatewayMinor})`);
}
