import { minorDigits } from '@butik/domain/money/money';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Guard } from '../../../../kernel/resilience/guard.ts';
import type { PaymentGateway, PaymentOrder, PaymentOutcome, RefundOrder, RefundOutcome } from '../gateway.ts';
import { readPaymentAnswer, readRefundAnswer, readRefusal } from './read-answer.ts';
import { fromSwishId, toSwishId } from './swish-id.ts';
import { openSwishLine, type SwishAnswer, type SwishRequest } from './swish-line.ts';

export interface SwishOptions {
  /** `https://cpc.getswish.net`, or a simulator's address. */
  url: string;
  /** The Swish number that is paid. */
  payee: string;
  /** Where Swish tells of outcomes; without it they are only looked up. */
  callbackUrl?: string | undefined;
  /** Client certificate and key as PEM. */
  certificate?: string | undefined;
  guard: Guard;
  logger: Pick<Logger, 'error'>;
}

/** Swish demands an address; nobody ever answers at this one (RFC 2606). */
const NO_CALLBACK = 'https://no-callback.invalid/';
const MAX_MESSAGE = 50;

const callbackSchema = z.object({ id: z.string(), originalPaymentReference: z.string().nullish() });

export function createSwishGateway({ payee, guard, ...options }: SwishOptions): PaymentGateway {
  const line = openSwishLine(options.url, options.certificate, options.logger);
  const callbackUrl = options.callbackUrl ?? NO_CALLBACK;

  /** A request that moves money is tried once; one that only asks may be repeated. */
  function call(request: Omit<SwishRequest, 'signal'>, signal: AbortSignal): Promise<SwishAnswer> {
    const idempotent = request.method === 'GET';
    return guard.run((guarded) => line({ ...request, signal: guarded }), { idempotent, signal });
  }

  async function findPayment(paymentId: string, signal: AbortSignal): Promise<PaymentOutcome> {
    const path = `/api/v1/paymentrequests/${toSwishId(paymentId)}`;
    return readPaymentAnswer(await call({ method: 'GET', path }, signal));
  }

  async function findRefund(refundId: string, signal: AbortSignal): Promise<RefundOutcome> {
    const id = toSwishId(refundId);
    return readRefundAnswer(await call({ method: 'GET', path: `/api/v1/refunds/${id}` }, signal), id);
  }

  return {
    name: 'swish',
    methods: ['swish'],
    findPayment,
    findRefund,
    async pay(payment, signal) {
      const path = `/api/v2/paymentrequests/${toSwishId(payment.paymentId)}`;
      const body = { ...paymentBody(payment), payeeAlias: payee, callbackUrl };
      return afterSending(await call({ method: 'PUT', path, body }, signal));
    },
    async cancel(paymentId, signal) {
      const path = `/api/v1/paymentrequests/${toSwishId(paymentId)}`;
      const body = [{ op: 'replace', path: '/status', value: 'cancelled' }];
      const answer = await call({ method: 'PATCH', path, body }, signal);
      // It cannot be cancelled any more: what became of it, only the resource says.
      return answer.status === 422 || answer.status === 400
        ? await findPayment(paymentId, signal)
        : readPaymentAnswer(answer);
    },
    async refund(refund, signal) {
      const path = `/api/v2/refunds/${toSwishId(refund.refundId)}`;
      const body = { ...refundBody(refund), payerAlias: payee, callbackUrl };
      return afterSending(await call({ method: 'PUT', path, body }, signal));
    },
    readCallback(body) {
      const callback = callbackSchema.safeParse(body);
      const id = fromSwishId(callback.data?.id);
      if (id === null) return null;
      return callback.data?.originalPaymentReference ? { refundId: id } : { paymentId: id };
    },
  };
}

/** What is sent is open until it is looked up; a refusal that is certain is declined. */
function afterSending(answer: SwishAnswer): { kind: 'open' } | { kind: 'declined'; reason: string } {
  if (answer.status === 201 || answer.status === 200) return { kind: 'open' };
  const { code, certain } = readRefusal(answer);
  return certain ? { kind: 'declined', reason: code } : { kind: 'open' };
}

function paymentBody({ orderId, amountMinor, currency, payer, message }: PaymentOrder) {
  return {
    payeePaymentReference: orderId.replaceAll('-', ''),
    payerAlias: swishNumber(payer),
    amount: decimal(amountMinor, currency),
    currency,
    message: plain(message),
  };
}

function refundBody({ refundId, transactionId, amountMinor, currency, reason }: RefundOrder) {
  return {
    payerPaymentReference: refundId.replaceAll('-', ''),
    originalPaymentReference: transactionId,
    amount: decimal(amountMinor, currency),
    currency,
    message: plain(reason),
  };
}

/** "+46 70-123 45 67" and "070-123 45 67" as Swish writes numbers: 46701234567. */
function swishNumber(payer: string): string {
  return payer.replace(/[\s()+-]/g, '').replace(/^(00|0(?!0))/, (zeros) => (zeros === '00' ? '' : '46'));
}

/** 1990 öre are "19.90". */
function decimal(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  const text = String(minor).padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** Swish takes letters, digits and a few signs, at most 50. */
function plain(message: string): string {
  return message.replace(/[^0-9A-Za-zÅÄÖåäö !?(),.:;'"-]/g, ' ').slice(0, MAX_MESSAGE);
}
