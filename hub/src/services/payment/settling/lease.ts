import { type SQL, sql as template } from 'drizzle-orm';
import type { SqlTx } from '../../../kernel/sql/sql.ts';
import type { PaymentContext } from '../payment-context.ts';
import type { Answer } from './ask-gateway.ts';

/** Both tables keep the columns of a transfer whose outcome is open. */
export type TransferTable = 'payments' | 'refunds';

/** Longer than any call to a gateway may take, so that its owner has come back or is lost. */
export const LEASE_MS = 30_000;

interface LeaseRequest {
  table: TransferTable;
  /** Of the payment or refund. */
  id: string;
  paymentId: string;
  gateway: string;
  step: 'send' | 'look-up' | 'cancel';
  operation: string;
}

/**
 * Takes a row whose lease is free or over, and notes the call that is about to be made under the lease's id.
 * A row whose owner dies is due again when the lease ends.
 */
export async function takeLease(
  { kernel }: PaymentContext,
  tx: SqlTx,
  { table, id, paymentId, gateway, step, operation }: LeaseRequest,
): Promise<string> {
  const lease = kernel.newId();
  const nowMs = kernel.clock.now();
  const now = new Date(nowMs);
  const until = new Date(nowMs + LEASE_MS);
  const sending: SQL =
    step === 'send'
      ? template`, first_sent_at = coalesce(first_sent_at, ${now}::timestamptz),
          last_sent_at = ${now}::timestamptz, unknown_at = NULL`
      : template``;
  await tx.rows(template`
    UPDATE ${tableOf(table)} SET lease = ${lease}, lease_until = ${until}::timestamptz,
      look_at = ${until}::timestamptz${sending} WHERE id = ${id}`);
  await tx.rows(template`
    INSERT INTO payment.gateway_calls (id, payment_id, refund_id, gateway, operation, begun_at)
    VALUES (${lease}, ${paymentId}, ${table === 'refunds' ? id : null}, ${gateway}, ${operation},
      ${now}::timestamptz)`);
  return lease;
}

/** Notes how the call ended; a call without an end is one whose process died. */
export async function endCall(
  { kernel }: PaymentContext,
  tx: SqlTx,
  lease: string,
  answer: Answer<{ kind: string }>,
): Promise<void> {
  const { kind, ...detail } = answer;
  await tx.rows(template`
    UPDATE payment.gateway_calls SET ended_at = ${new Date(kernel.clock.now())}::timestamptz,
      outcome = ${kind}, detail = ${JSON.stringify(detail)}::jsonb WHERE id = ${lease}`);
}

export function tableOf(table: TransferTable): SQL {
  return template`payment.${template.identifier(table)}`;
}
