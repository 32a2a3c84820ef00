import { createEvent, type EventDefinition } from '@butik/proto/events/cloud-event';
import { paymentFailed, paymentProcessed, refundProcessed } from '@butik/proto/events/payment';
import type { z } from 'zod';
import { putInSqlOutbox } from '../../kernel/outbox/sql-outbox.ts';
import type { SqlTx } from '../../kernel/sql/sql.ts';
import { SCHEMA } from './migrations.ts';
import type { PaymentRow } from './payment.ts';
import type { PaymentContext } from './payment-context.ts';
import type { RefundRow } from './refund.ts';

/** PaymentProcessed, in the transaction in which it became so. */
export async function tellProcessed(context: PaymentContext, tx: SqlTx, payment: PaymentRow): Promise<void> {
  await tell(context, tx, paymentProcessed, payment, aboutPayment(payment, payment.amountMinor));
}

/** PaymentFailed: also of a payment that was cancelled. */
export async function tellFailed(
  context: PaymentContext,
  tx: SqlTx,
  payment: PaymentRow,
  reason: string,
): Promise<void> {
  await tell(context, tx, paymentFailed, payment, {
    ...aboutPayment(payment, payment.amountMinor),
    reason,
  });
}

/** RefundProcessed. */
export async function tellRefunded(
  context: PaymentContext,
  tx: SqlTx,
  payment: PaymentRow,
  { id, amountMinor, reason }: RefundRow,
): Promise<void> {
  await tell(context, tx, refundProcessed, payment, {
    ...aboutPayment(payment, amountMinor),
    refundId: id,
    reason,
  });
}

function aboutPayment(payment: PaymentRow, amountMinor: number) {
  const { id, orderId, currency, method } = payment;
  // Only a payment that was never asked for has no shop, and nothing is told of such a one.
  return { paymentId: id, orderId, shopId: payment.shopId ?? '', amountMinor, currency, method };
}

async function tell<Data extends z.ZodType>(
  { kernel }: PaymentContext,
  tx: SqlTx,
  definition: EventDefinition<Data>,
  payment: PaymentRow,
  data: z.input<Data>,
): Promise<void> {
  const event = createEvent(definition, {
    id: kernel.newId(),
    source: 'butik/hub/payment',
    subject: payment.id,
    time: new Date(kernel.clock.now()).toISOString(),
    data,
  });
  await putInSqlOutbox(tx, SCHEMA, event);
}
