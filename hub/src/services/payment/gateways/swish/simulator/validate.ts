import { z } from 'zod';
import type { SwishError } from './wire.ts';

const ALIAS = /^\d{8,15}$/;
const REFERENCE = /^[0-9A-Za-z]{1,35}$/;
const AMOUNT = /^\d{1,12}([.]\d{1,2})?$/;
const MESSAGE = /^[0-9A-Za-zÅÄÖåäö !?(),.:;'"-]{0,50}$/;
const THIS_MACHINE = new Set(['127.0.0.1', 'localhost', '[::1]']);

const text = z.string().optional().catch(undefined);
const requestSchema = z.object({
  payeeAlias: text,
  payerAlias: text,
  amount: z.union([z.string(), z.number()]).optional().catch(undefined),
  currency: text,
  callbackUrl: text,
  message: text,
  payeePaymentReference: text,
  payerPaymentReference: text,
  originalPaymentReference: text,
});
export type SwishBody = z.output<typeof requestSchema>;

export function readBody(json: unknown): SwishBody | null {
  const read = requestSchema.safeParse(json);
  return read.success ? read.data : null;
}

/** What Swish finds wrong with a payment request, all of it. */
export function paymentErrors(body: SwishBody): SwishError[] {
  const errors = commonErrors(body);
  if (body.payeeAlias === undefined) errors.push(wrong('RP01', 'Missing Merchant Swish Number'));
  else if (!ALIAS.test(body.payeeAlias)) errors.push(wrong('ACMT07', 'Payee not Enrolled'));
  if (body.payerAlias !== undefined && !ALIAS.test(body.payerAlias)) {
    errors.push(wrong('BE18', 'Payer alias is invalid'));
  }
  if (body.payeePaymentReference !== undefined && !REFERENCE.test(body.payeePaymentReference)) {
    errors.push(wrong('FF08', 'PaymentReference is invalid'));
  }
  return errors;
}

/** What Swish finds wrong with the form of a refund, all of it. */
export function refundErrors(body: SwishBody): SwishError[] {
  const errors = commonErrors(body);
  if (body.payerAlias === undefined) errors.push(wrong('RP01', 'Missing Merchant Swish Number'));
  if (!body.originalPaymentReference) errors.push(wrong('FF08', 'PaymentReference is invalid'));
  return errors;
}

/** Minor units of an amount that has passed validation. */
export function minorOf(amount: string | number | undefined): number {
  const [whole = '0', decimals = ''] = String(amount).split('.');
  return Number(whole) * 100 + Number(decimals.padEnd(2, '0'));
}

export function wrong(errorCode: string, errorMessage: string): SwishError {
  return { errorCode, errorMessage, additionalInformation: '' };
}

function commonErrors({ amount, currency, callbackUrl, message }: SwishBody): SwishError[] {
  const errors: SwishError[] = [];
  if (!isCallbackAddress(callbackUrl)) {
    errors.push(wrong('RP03', 'Callback URL is missing or does not use Https'));
  }
  if (amount === undefined || !AMOUNT.test(String(amount))) {
    errors.push(wrong('PA02', 'Amount value is missing or not a valid number'));
  } else if (minorOf(amount) < 1) {
    errors.push(wrong('AM06', 'Specified transaction amount is less than agreed minimum'));
  }
  if (currency !== 'SEK') errors.push(wrong('AM03', 'Invalid or missing Currency'));
  if (message !== undefined && !MESSAGE.test(message)) errors.push(wrong('RP02', 'Wrong formatted message'));
  return errors;
}

function isCallbackAddress(address: string | undefined): boolean {
  if (address === undefined || !URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && THIS_MACHINE.has(hostname));
}
