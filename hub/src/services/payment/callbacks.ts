import { sql as template } from 'drizzle-orm';
import { type PaymentRow, readPayment } from './payment.ts';
import type { PaymentContext } from './payment-context.ts';
import { readRefund } from './refund.ts';
import { settlePayment } from './settling/settle-payment.ts';
import { settleRefund } from './settling/settle-refund.ts';

/**
 * A gateway, or somebody who says so, tells of an outcome. Nothing of it is believed: it makes us look up what is
 * ours, in the background. Never throws for what it does not know, so that nobody learns which ids exist.
 */
export async function takeCallback(context: PaymentContext, name: string, body: unknown): Promise<void> {
  const about = context.gateways.named(name)?.readCallback(body);
  if (!about) return;
  const { sql } = context.kernel;
  if ('paymentId' in about) {
    const payment = await readPayment(sql, about.paymentId);
    if (payment?.gateway !== name || payment.firstSentMs === null) return;
    if (payment.status === 'pending') {
      void context.background.run(() => settlePayment(context, about.paymentId));
    } else if (payment.status === 'cancelled' || payment.status === 'failed') {
      void context.background.run(() => lookAgain(context, payment));
    }
    return;
  }
  const refund = await readRefund(sql, about.refundId);
  if (refund?.status !== 'pending' || refund.firstSentMs === null) return;
  void context.background.run(() => settleRefund(context, about.refundId));
}

/** What we hold for certainly not paid is not talked about by a gateway any more, unless one of us is wrong. */
async function lookAgain({ kernel, gateways, background }: PaymentContext, { id, gateway }: PaymentRow) {
  const outcome = await gateways.named(gateway)?.findPayment(id, background.closing);
  if (outcome?.kind !== 'paid') return;
  await kernel.sql.rows(template`UPDATE payment.payments SET review = 'PAID_AFTER_END' WHERE id = ${id}`);
  kernel.logger.error({ paymentId: id, review: 'PAID_AFTER_END' }, 'payment: somebody must look at it');
}
