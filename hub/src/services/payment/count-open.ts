import { sql as template } from 'drizzle-orm';
import type { Sql } from '../../kernel/sql/sql.ts';
import type { OpenTransfers, Reviews } from '../../kernel/telemetry/payment-metrics.ts';

/** What is not certain yet, by gateway: for the metrics. */
export async function countOpen(sql: Sql): Promise<OpenTransfers[]> {
  return await sql.rows<OpenTransfers>(template`
    SELECT gateway, 'payment' AS kind, count(*)::integer AS open,
      (extract(epoch FROM min(created_at)) * 1000)::float8 AS "oldestAtMs"
    FROM payment.payments WHERE status = 'pending' GROUP BY gateway
    UNION ALL
    SELECT payments.gateway, 'refund', count(*)::integer,
      (extract(epoch FROM min(refunds.created_at)) * 1000)::float8
    FROM payment.refunds JOIN payment.payments ON payments.id = refunds.payment_id
    WHERE refunds.status = 'pending' GROUP BY payments.gateway`);
}

/** How many payments and refunds wait for people, by reason: for the metrics. */
export async function countInReview(sql: Sql): Promise<Reviews[]> {
  return await sql.rows<Reviews>(template`
    SELECT review AS reason, count(*)::integer AS waiting FROM (
      SELECT review FROM payment.payments WHERE review IS NOT NULL
      UNION ALL SELECT review FROM payment.refunds WHERE review IS NOT NULL
    ) AS reviews GROUP BY review`);
}
