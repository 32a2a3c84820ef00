import { parseMinor } from '@butik/domain/money/money';
import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';
import type { PaymentOutcome, RefundOutcome } from '../gateway.ts';
import type { SwishAnswer } from './swish-line.ts';

/** The bank did not answer Swish in time: money may have moved, or may move yet. */
const OUTCOME_UNKNOWN = 'DS24';
/** The id is taken: the request has arrived before. */
export const ID_TAKEN = 'RP09';

const paymentSchema = z.object({
  status: z.string(),
  amount: z.union([z.number(), z.string()]).optional(),
  currency: z.string().optional(),
  paymentReference: z.string().nullish(),
  errorCode: z.string().nullish(),
});
const refusalSchema = z.array(z.object({ errorCode: z.string() })).min(1);

/** What a payment request's resource says. Throws SERVICE_UNAVAILABLE when it says nothing that can be read. */
export function readPaymentAnswer({ status, body }: SwishAnswer): PaymentOutcome {
  if (status === 404) return { kind: 'unknown' };
  const payment = read(status, body);
  if (payment.status === 'PAID') {
    const { amount, currency, paymentReference } = payment;
    if (amount === undefined || currency === undefined || !paymentReference) throw unreadable();
    const amountMinor = parseMinor(String(amount), currency);
    return { kind: 'paid', transactionId: paymentReference, amountMinor, currency };
  }
  return readEnd(payment, ['DECLINED', 'CANCELLED', 'ERROR']);
}

/** What a refund's resource says. Throws SERVICE_UNAVAILABLE when it says nothing that can be read. */
export function readRefundAnswer({ status, body }: SwishAnswer, swishId: string): RefundOutcome {
  if (status === 404) return { kind: 'unknown' };
  const refund = read(status, body);
  if (refund.status === 'PAID') {
    return { kind: 'refunded', transactionId: refund.paymentReference || swishId };
  }
  return readEnd(refund, ['DECLINED', 'ERROR']);
}

/**
 * The code of a request that Swish refused for certain, null where it is as open as before: the id is taken, or
 * the outcome is not known.
 */
export function readRefusal({ status, body }: SwishAnswer): { code: string; certain: boolean } {
  const refusal = refusalSchema.safeParse(body);
  const code = refusal.success ? refusal.data[0]!.errorCode : `HTTP_${status}`;
  return { code, certain: code !== OUTCOME_UNKNOWN && code !== ID_TAKEN };
}

/** Statuses that are not known, such as those between debit and credit of a refund, are open. */
function readEnd(
  { status, errorCode }: z.output<typeof paymentSchema>,
  ends: readonly string[],
): { kind: 'open' } | { kind: 'declined'; reason: string } {
  if (!ends.includes(status) || errorCode === OUTCOME_UNKNOWN) return { kind: 'open' };
  return { kind: 'declined', reason: errorCode || status };
}

function read(status: number, body: unknown): z.output<typeof paymentSchema> {
  const read = paymentSchema.safeParse(body);
  if (status !== 200 || !read.success) throw unreadable();
  return read.data;
}

function unreadable(): ButikError {
  return new ButikError('SERVICE_UNAVAILABLE', {
    message: 'Swish answered something that cannot be read.',
    details: { part: 'swish' },
  });
}
