import { ButikError } from '@butik/proto/errors/butik-error';
import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf } from '../caller.ts';
import { pageSchema } from '../pages.ts';
import { takeCallback } from './callbacks.ts';
import { getPaymentDetail, paymentDetailSchema } from './get-payment.ts';
import { idSchema } from './id-schema.ts';
import { listPayments, listPaymentsSchema } from './list-payments.ts';
import { paymentViewSchema, toPaymentView } from './payment.ts';
import type { PaymentContext } from './payment-context.ts';
import { processPayment, processPaymentSchema } from './process-payment.ts';
import { reconcile, reconcileSchema, reconciliationSchema } from './reconcile.ts';
import { refundViewSchema, toRefund } from './refund.ts';
import { refundPayment, refundPaymentSchema } from './refund-payment.ts';
import { resolveReview, resolveReviewSchema } from './resolve-review.ts';
import { LONGEST_ANSWER_MS } from './settling/settle-within.ts';

const READ = { permission: 'payment:read' } as const;
const WRITE = { permission: 'payment:write' } as const;
/** Anyone may knock: gateways sign nothing. What is said is not believed, and said often is not heard. */
const CALLBACK = { permission: 'public', rateLimit: { max: 600, timeWindow: 60_000 } } as const;
const MAX_CALLBACK_BYTES = 64 * 1024;

const params = z.object({ paymentId: idSchema });
const refundBody = refundPaymentSchema.pick({ amountMinor: true, reason: true });
const resolveBody = resolveReviewSchema.pick({ note: true });
const refundHeaders = z.looseObject({
  'idempotency-key': z
    .string()
    .optional()
    .meta({ description: 'Required: a fresh UUID for each new refund, the same one when it is repeated.' }),
});

export function paymentRoutes(context: PaymentContext): FastifyPluginAsync {
  return async (fastify) => {
    const app = fastify.withTypeProvider<ZodTypeProvider>();

    app.post(
      '/payments/process',
      { config: WRITE, schema: { body: processPaymentSchema, response: { 200: paymentViewSchema } } },
      async (request) => {
        const call = { by: callerOf(request), budgetMs: LONGEST_ANSWER_MS };
        return toPaymentView(await processPayment(context, request.body, call));
      },
    );
    app.get(
      '/payments',
      {
        config: READ,
        schema: { querystring: listPaymentsSchema, response: { 200: pageSchema(paymentViewSchema) } },
      },
      async (request) => await listPayments(context, request.query),
    );
    app.get(
      '/payments/:paymentId',
      { config: READ, schema: { params, response: { 200: paymentDetailSchema } } },
      async (request) => await getPaymentDetail(context, request.params.paymentId),
    );
    app.post(
      '/payments/:paymentId/refund',
      {
        config: WRITE,
        schema: { params, headers: refundHeaders, body: refundBody, response: { 200: refundViewSchema } },
      },
      async (request) => {
        const refundId = idempotencyKey(request.headers['idempotency-key']);
        const call = { by: callerOf(request), budgetMs: LONGEST_ANSWER_MS };
        const refund = { refundId, paymentId: request.params.paymentId, ...request.body };
        return toRefund(await refundPayment(context, refund, call));
      },
    );
    app.post(
      '/payments/:paymentId/review/resolve',
      { config: WRITE, schema: { params, body: resolveBody, response: { 200: paymentViewSchema } } },
      async (request) => {
        const review = { paymentId: request.params.paymentId, ...request.body };
        return toPaymentView(await resolveReview(context, review, callerOf(request)));
      },
    );
    app.post(
      '/payments/reconcile',
      { config: WRITE, schema: { body: reconcileSchema, response: { 200: reconciliationSchema } } },
      async (request) => await reconcile(context, request.body, callerOf(request)),
    );
    app.post(
      '/payments/callbacks/:gateway',
      {
        config: CALLBACK,
        bodyLimit: MAX_CALLBACK_BYTES,
        schema: { params: z.object({ gateway: z.string().max(50) }), body: z.unknown() },
      },
      async (request, reply) => {
        await takeCallback(context, request.params.gateway, request.body);
        return reply.status(204).send();
      },
    );
  };
}

/** Throws IDEMPOTENCY_KEY_MISSING when the header is not there or no UUID. */
function idempotencyKey(header: string | undefined): string {
  const key = idSchema.safeParse(header);
  if (!key.success) throw new ButikError('IDEMPOTENCY_KEY_MISSING');
  return key.data;
}
