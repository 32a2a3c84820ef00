/** How long a gateway is trusted to know our ids: Stripe and others prune them from 24 h, most publish no figure. */
export const GATEWAY_MEMORY_MS = 24 * 60 * 60_000;

/**
 * How long a request that we gave up may still be on its way. It is longer than a lease on a payment, so that an
 * owner that was stopped in the middle and woke up has lost the payment before anybody calls it certain.
 */
export const IN_FLIGHT_MS = 2 * 60_000;

/** What is known of a payment or refund whose outcome is open. Times are epoch milliseconds. */
export interface OpenTransfer {
  /** When it was first handed to the gateway, or meant to be; null: it certainly never was. */
  firstSentMs: number | null;
  lastSentMs: number | null;
  /** When the gateway said that it knows nothing of it; null when it did not since it was sent last. */
  unknownMs: number | null;
  /** The gateway refused to take it once more. What was sent before may still be on its way. */
  refused: boolean;
  /** Nobody wants it any more: it was cancelled, or its time to be paid is over. */
  unwanted: boolean;
}

/** `end`: it is certain that nothing moved. `wait`: nothing may be done yet. */
export type NextStep = 'send' | 'look-up' | 'cancel' | 'end' | 'wait';

/**
 * What may be done next. It is sent again, with the same id, only when the gateway says that it knows nothing of
 * it and is young enough to know; an outcome that is not known is looked up. A refusal of what was sent again says
 * nothing about what was sent first: that is looked up until it cannot arrive any more.
 */
export function nextStep(transfer: OpenTransfer, nowMs: number): NextStep {
  const { firstSentMs, lastSentMs, unknownMs, refused, unwanted } = transfer;
  if (firstSentMs === null || lastSentMs === null) return unwanted ? 'end' : 'send';
  if (unknownMs === null) return unwanted ? 'cancel' : 'look-up';
  if (isForgotten(transfer, nowMs)) return 'look-up';
  if (!unwanted && !refused) return 'send';
  if (unknownMs - lastSentMs >= IN_FLIGHT_MS) return 'end';
  // Somebody waits for one that is wanted: it is looked up all the while.
  return !unwanted || nowMs - lastSentMs >= IN_FLIGHT_MS ? 'look-up' : 'wait';
}

/** The gateway knows nothing of it and may have forgotten: only people can find out what happened. */
export function isForgotten(
  { firstSentMs, unknownMs }: Pick<OpenTransfer, 'firstSentMs' | 'unknownMs'>,
  nowMs: number,
): boolean {
  return firstSentMs !== null && unknownMs !== null && nowMs - firstSentMs >= GATEWAY_MEMORY_MS;
}
