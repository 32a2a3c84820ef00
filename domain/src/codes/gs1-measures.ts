import { minorDigits } from '../money/money.ts';
import { divideRounded } from '../money/round.ts';

/** ISO 4217 numbers of the currencies that labels in Butik's countries may carry. */
const CURRENCY_BY_NUMBER: ReadonlyMap<string, string> = new Map([
  ['208', 'DKK'],
  ['352', 'ISK'],
  ['578', 'NOK'],
  ['752', 'SEK'],
  ['756', 'CHF'],
  ['826', 'GBP'],
  ['840', 'USD'],
  ['978', 'EUR'],
  ['985', 'PLN'],
]);

/** Decimals of a price without a currency (392n): the shop's own, and Butik's shops all have two. */
const LOCAL_CURRENCY_DIGITS = 2;

export interface LabelPrice {
  minor: number;
  /** Absent where the label says no more than “local currency”. */
  currency?: string;
}

/** Net weight of AI 310n (kg) or 320n (pounds) in grams, to the nearest; n is the number of decimals. */
export function netWeightGrams(ai: string, value: string): number {
  const scale = 10n ** BigInt(ai.slice(3));
  // A pound is 453.59237 g by definition.
  return ai.startsWith('310')
    ? divideRounded(BigInt(value) * 1000n, scale)
    : divideRounded(BigInt(value) * 45_359_237n, scale * 100_000n);
}

/**
 * The price of AI 392n or 393n in minor units, null when it has more decimals than the currency, and
 * undefined when the currency is one that no shop of ours takes.
 */
export function labelPrice(ai: string, value: string): LabelPrice | null | undefined {
  if (ai.startsWith('392')) return toMinor(value, Number(ai.slice(3)), LOCAL_CURRENCY_DIGITS);
  const currency = CURRENCY_BY_NUMBER.get(value.slice(0, 3));
  if (currency === undefined) return undefined;
  const price = toMinor(value.slice(3), Number(ai.slice(3)), minorDigits(currency));
  return price === null ? null : { ...price, currency };
}

function toMinor(value: string, decimals: number, digits: number): LabelPrice | null {
  const amount = BigInt(value) * 10n ** BigInt(digits);
  const scale = 10n ** BigInt(decimals);
  const minor = Number(amount / scale);
  return amount % scale === 0n && Number.isSafeInteger(minor) ? { minor } : null;
}
