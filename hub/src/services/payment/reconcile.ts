import { isPaidAsAsked } from '@butik/domain/payments/judge-paid';
import { sql as template } from 'drizzle-orm';
import { z } from 'zod';
import type { SqlTx } from '../../kernel/sql/sql.ts';
import { currencySchema } from '../currency.ts';
import { plainText } from '../plain-text.ts';
import { putAudit } from './audit.ts';
import { idSchema } from './id-schema.ts';
import { instantSchema } from './instant-schema.ts';
import { PAYMENT_COLUMNS, type PaymentRow } from './payment.ts';
import type { PaymentContext } from './payment-context.ts';

const MAX_ITEMS = 1_000;
const MAX_MISSING = 1_000;

const itemSchema = z
  .object({
    paymentId: idSchema.optional(),
    /** The gateway's own id. */
    transactionId: plainText(200).min(1).optional(),
    amountMinor: z.int().positive(),
    currency: currencySchema,
  })
  .refine((item) => item.paymentId !== undefined || item.transactionId !== undefined, {
    error: 'Give paymentId or transactionId.',
  });
type Item = z.output<typeof itemSchema>;

/** What a gateway says it has charged for us. */
export const reconcileSchema = z.object({
  gateway: plainText(50).min(1).default('swish'),
  items: z.array(itemSchema).max(MAX_ITEMS),
  /** The time that the list covers, `to` excluded: without both nothing can be missing from it. */
  from: instantSchema.optional(),
  to: instantSchema.optional(),
});
export type Reconcile = z.output<typeof reconcileSchema>;

export const reconciliationSchema = z.object({
  reconciliationId: z.uuid(),
  /** How many are as we have them. */
  matched: z.int(),
  /** Ours, paid, and not in the list; at most 1000. */
  missing: z.array(z.object({ paymentId: z.uuid(), amountMinor: z.int(), currency: z.string() })),
  /** In the list, and no payment of ours. */
  unknown: z.array(itemSchema),
  /** In the list, and with us not paid. */
  notPaid: z.array(z.object({ paymentId: z.uuid(), status: z.string() })),
  /** In the list more than once: charged twice, unless the list is wrong. */
  repeated: z.array(itemSchema),
  wrongAmount: z.array(
    z.object({
      paymentId: z.uuid(),
      oursMinor: z.int(),
      oursCurrency: z.string(),
      theirsMinor: z.int(),
      theirsCurrency: z.string(),
    }),
  ),
});
export type Reconciliation = z.output<typeof reconciliationSchema>;

/** Compares a gateway's settlement list with our books and keeps the result. Changes no payment. */
export async function reconcile(
  { kernel }: PaymentContext,
  request: Reconcile,
  by: string,
): Promise<Reconciliation> {
  const reconciliationId = kernel.newId();
  return kernel.sql.transaction(async (tx) => {
    const ours = await findOurs(tx, request);
    const compared = compare(request.items, ours);
    const missing = await findMissing(tx, request, new Set(compared.seen));
    const { seen: _, ...found } = compared;
    const result = { reconciliationId, ...found, missing };
    const atMs = kernel.clock.now();
    await tx.rows(template`
      INSERT INTO payment.reconciliations (id, gateway, at, by, result) VALUES (${reconciliationId},
        ${request.gateway}, ${new Date(atMs)}::timestamptz, ${by}, ${JSON.stringify(result)}::jsonb)`);
    await putAudit(tx, {
      subject: `reconciliation:${reconciliationId}`,
      atMs,
      by,
      action: 'payment.reconcile',
      change: { gateway: request.gateway, items: request.items.length, matched: found.matched },
    });
    return result;
  });
}

function compare(items: readonly Item[], ours: (item: Item) => PaymentRow | undefined) {
  const result: Omit<Reconciliation, 'reconciliationId' | 'missing'> & { seen: string[] } = {
    matched: 0,
    unknown: [],
    notPaid: [],
    repeated: [],
    wrongAmount: [],
    seen: [],
  };
  const seen = new Set<string>();
  for (const item of items) {
    const payment = ours(item);
    if (!payment) result.unknown.push(item);
    else if (seen.has(payment.id)) result.repeated.push(item);
    else if (payment.status !== 'processed' && payment.status !== 'refunded') {
      result.notPaid.push({ paymentId: payment.id, status: payment.status });
    } else if (isPaidAsAsked(payment, item)) result.matched += 1;
    else {
      result.wrongAmount.push({
        paymentId: payment.id,
        oursMinor: payment.amountMinor,
        oursCurrency: payment.currency,
        theirsMinor: item.amountMinor,
        theirsCurrency: item.currency,
      });
    }
    if (payment) seen.add(payment.id);
  }
  return { ...result, seen: [...seen] };
}

async function findOurs(
  tx: SqlTx,
  { gateway, items }: Reconcile,
): Promise<(item: Item) => PaymentRow | undefined> {
  const ids = JSON.stringify(items.flatMap(({ paymentId }) => paymentId ?? []));
  const transactions = JSON.stringify(items.flatMap(({ transactionId }) => transactionId ?? []));
  const rows = await tx.rows<PaymentRow>(template`
    SELECT ${PAYMENT_COLUMNS} FROM payment.payments WHERE gateway = ${gateway} AND (
      id IN (SELECT value::uuid FROM json_array_elements_text(${ids}::json))
      OR gateway_transaction_id IN (SELECT value FROM json_array_elements_text(${transactions}::json)))`);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const byTransaction = new Map(rows.map((row) => [row.gatewayTransactionId, row]));
  return ({ paymentId, transactionId }) =>
    paymentId !== undefined ? byId.get(paymentId) : byTransaction.get(transactionId ?? '');
}

async function findMissing(
  tx: SqlTx,
  { gateway, from, to }: Reconcile,
  listed: ReadonlySet<string>,
): Promise<Reconciliation['missing']> {
  if (from === undefined || to === undefined) return [];
  const ids = JSON.stringify([...listed]);
  return tx.rows<Reconciliation['missing'][number]>(template`
    SELECT id AS "paymentId", amount_minor AS "amountMinor", currency FROM payment.payments
    WHERE gateway = ${gateway} AND processed_at >= ${from}::timestamptz AND processed_at < ${to}::timestamptz
      AND id NOT IN (SELECT value::uuid FROM json_array_elements_text(${ids}::json))
    ORDER BY processed_at, id LIMIT ${MAX_MISSING}`);
}
