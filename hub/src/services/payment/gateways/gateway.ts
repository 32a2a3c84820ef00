/** What is certain of a payment at the gateway. */
export type PaymentOutcome =
  /** The customer has not decided, or the bank has not: ask again. */
  | { kind: 'open' }
  | { kind: 'paid'; transactionId: string; amountMinor: number; currency: string }
  /** Nothing was charged and nothing will be. */
  | { kind: 'declined'; reason: string }
  /** The gateway knows no payment of this id. It may have forgotten it, or never have heard of it. */
  | { kind: 'unknown' };

export type RefundOutcome =
  | { kind: 'open' }
  | { kind: 'refunded'; transactionId: string }
  | { kind: 'declined'; reason: string }
  | { kind: 'unknown' };

export interface PaymentOrder {
  paymentId: string;
  orderId: string;
  amountMinor: number;
  currency: string;
  payer: string;
  message: string;
}

export interface RefundOrder {
  refundId: string;
  paymentId: string;
  /** The gateway's own id of the payment. */
  transactionId: string;
  amountMinor: number;
  currency: string;
  reason: string;
}

/**
 * A bank or wallet. Our ids are its idempotency keys: `pay` or `refund` with an id that it knows charges nothing
 * again. Every call may throw SERVICE_UNAVAILABLE or DEADLINE_EXCEEDED, after which nothing is certain: the caller
 * looks the payment up and never sends it again blindly. A refusal that is certain is an outcome, not an error.
 */
export interface PaymentGateway {
  /** As in the payment's `gateway`: `swish`. */
  name: string;
  /** Ways to pay that it serves. */
  methods: readonly string[];
  pay(payment: PaymentOrder, signal: AbortSignal): Promise<PaymentOutcome>;
  findPayment(paymentId: string, signal: AbortSignal): Promise<PaymentOutcome>;
  /** Asks the gateway to end an open payment; the outcome says what it was. A paid one stays paid. */
  cancel(paymentId: string, signal: AbortSignal): Promise<PaymentOutcome>;
  refund(refund: RefundOrder, signal: AbortSignal): Promise<RefundOutcome>;
  findRefund(refundId: string, signal: AbortSignal): Promise<RefundOutcome>;
  /**
   * The id of the payment or refund that a callback is about, or null when it is none of ours. What the callback says
   * is not believed: whoever gets one looks it up.
   */
  readCallback(body: unknown): { paymentId: string } | { refundId: string } | null;
}
