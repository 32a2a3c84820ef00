/** An amount in minor units of its currency. */
export interface Charge {
  amountMinor: number;
  currency: string;
}

/** Whether what the gateway says was paid is what we asked for, to the öre. Anything else is a matter for people. */
export function isPaidAsAsked(asked: Charge, paid: Charge): boolean {
  return asked.amountMinor === paid.amountMinor && asked.currency === paid.currency;
}

/** What may still be given back, minor units: refunds that are open count as given. */
export function refundableMinor(chargedMinor: number, refunds: readonly { amountMinor: number }[]): number {
  return refunds.reduce((left, { amountMinor }) => left - amountMinor, chargedMinor);
}
