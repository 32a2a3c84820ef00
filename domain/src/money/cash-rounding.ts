import type { Currency } from './money.ts';
import { divideRounded } from './round.ts';

/** The smallest coin in minor units, where it is larger than the minor unit itself. */
const SMALLEST_COIN_MINOR: ReadonlyMap<Currency, number> = new Map([
  ['SEK', 100],
  ['NOK', 100],
  ['DKK', 50],
]);

/**
 * What is paid when a total is settled in cash, and the difference (payable − total) that the receipt
 * shows. Halves go away from zero, so a refund mirrors its sale. Card payments are not rounded.
 */
export function roundCash(
  totalMinor: number,
  currency: Currency,
): { payableMinor: number; roundingMinor: number } {
  const coin = SMALLEST_COIN_MINOR.get(currency) ?? 1;
  const payableMinor = divideRounded(BigInt(totalMinor), BigInt(coin)) * coin;
  return { payableMinor, roundingMinor: payableMinor - totalMinor };
}
