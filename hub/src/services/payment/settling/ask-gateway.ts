import { ButikError } from '@butik/proto/errors/butik-error';
import { callWithin } from '@butik/proto/rpc/call-within';
import { inSpan } from '@butik/proto/telemetry/span';
import type { PaymentGateway, PaymentOutcome, RefundOutcome } from '../gateways/gateway.ts';
import type { PaymentContext } from '../payment-context.ts';
import type { PaymentClaim } from './claim-payment.ts';
import type { RefundClaim } from './claim-refund.ts';

/** What a gateway said; `lost`: nothing was heard, so nothing is certain. */
export type Answer<Outcome extends { kind: string }> = Outcome | { kind: 'lost'; reason: string };

/** How long a gateway is waited for; shorter than a lease. */
const CALL_MS = 10_000;

/** Does what was claimed for a payment. Never throws. */
export function askAboutPayment(
  context: PaymentContext,
  { payment, step, begunMs }: PaymentClaim,
): Promise<Answer<PaymentOutcome>> {
  const { id: paymentId, orderId, amountMinor, currency, payer, message } = payment;
  return ask(context, { name: payment.gateway, span: `payment ${step}` }, (gateway, signal) => {
    if (step === 'look-up') return gateway.findPayment(paymentId, signal);
    if (step === 'cancel') return gateway.cancel(paymentId, signal);
    refuseIfStopped(context, begunMs);
    return gateway.pay({ paymentId, orderId, amountMinor, currency, payer, message }, signal);
  });
}

/** Does what was claimed for a refund. Never throws. */
export function askAboutRefund(
  context: PaymentContext,
  { refund, payment, step, begunMs }: RefundClaim,
): Promise<Answer<RefundOutcome>> {
  const { id: refundId, paymentId, amountMinor, currency, reason } = refund;
  const transactionId = payment.gatewayTransactionId;
  return ask(context, { name: payment.gateway, span: `refund ${step}` }, (gateway, signal) => {
    if (step === 'look-up') return gateway.findRefund(refundId, signal);
    refuseIfStopped(context, begunMs);
    return gateway.refund({ refundId, paymentId, transactionId, amountMinor, currency, reason }, signal);
  });
}

async function ask<Outcome extends { kind: string }>(
  { gateways, background }: PaymentContext,
  { name, span }: { name: string; span: string },
  call: (gateway: PaymentGateway, signal: AbortSignal) => Promise<Outcome>,
): Promise<Answer<Outcome>> {
  const gateway = gateways.named(name);
  if (!gateway) return { kind: 'lost', reason: 'The gateway is not configured.' };
  try {
    return await inSpan(span, { kind: 'client', attributes: { gateway: name } }, () =>
      callWithin(CALL_MS, background.closing, async (signal) => await call(gateway, signal)),
    );
  } catch (error) {
    // Another error's text could hold what the gateway was sent.
    return {
      kind: 'lost',
      reason: error instanceof ButikError ? `${error.code}: ${error.message}` : 'INTERNAL',
    };
  }
}

/** A process that was stopped since its claim may not own it any more: it charges nobody. */
function refuseIfStopped({ kernel }: PaymentContext, begunMs: number): void {
  if (kernel.clock.now() - begunMs >= CALL_MS) throw new ButikError('DEADLINE_EXCEEDED');
}
