import { ButikError } from '@butik/proto/errors/butik-error';
import type { PaymentServiceDefinition } from '@butik/proto/gen/butik/payment/v1/payment';
import type { RpcHandlers } from '@butik/proto/rpc/rpc';
import { z } from 'zod';
import { cancelPayment, cancelPaymentSchema } from './cancel-payment.ts';
import { getPayment } from './get-payment.ts';
import { idSchema } from './id-schema.ts';
import { toPayment } from './payment.ts';
import type { PaymentContext } from './payment-context.ts';
import { processPayment, processPaymentSchema } from './process-payment.ts';
import { toRefund } from './refund.ts';
import { refundPayment, refundPaymentSchema } from './refund-payment.ts';
import { answerBudgetMs } from './settling/settle-within.ts';

const getPaymentSchema = z.object({ paymentId: idSchema });

/** What other services ask; each request is checked as those over HTTP are. */
export function paymentHandlers(context: PaymentContext): RpcHandlers<PaymentServiceDefinition> {
  const call = ({ caller, deadlineMs }: { caller: string; deadlineMs: number }) => ({
    by: caller,
    budgetMs: answerBudgetMs(deadlineMs),
  });
  return {
    processPayment: async (request, about) =>
      toPayment(await processPayment(context, check(processPaymentSchema, request), call(about))),
    getPayment: async (request) =>
      toPayment(await getPayment(context, check(getPaymentSchema, request).paymentId)),
    cancelPayment: async (request, about) =>
      toPayment(await cancelPayment(context, check(cancelPaymentSchema, request), call(about))),
    refundPayment: async (request, about) =>
      toRefund(await refundPayment(context, check(refundPaymentSchema, request), call(about))),
  };
}

/** Throws REQUEST_INVALID with the fields that are wrong. */
function check<Schema extends z.ZodType>(schema: Schema, request: unknown): z.output<Schema> {
  const checked = schema.safeParse(request);
  if (checked.success) return checked.data;
  const fields = checked.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new ButikError('REQUEST_INVALID', { details: { fields } });
}
