import { ButikError } from '@butik/proto/errors/butik-error';
import { CURRENCY_DIGITS } from './currencies.ts';

/** An ISO 4217 code in upper case. Amounts beside it are whole numbers of its minor unit. */
export type Currency = string;

export function isCurrency(code: string): boolean {
  return CURRENCY_DIGITS.has(code);
}

/** Decimals of the currency's minor unit (SEK 2, ISK 0). Throws CURRENCY_UNKNOWN. */
export function minorDigits(currency: Currency): number {
  const digits = CURRENCY_DIGITS.get(currency);
  if (digits === undefined) throw new ButikError('CURRENCY_UNKNOWN', { details: { currency } });
  return digits;
}

const DECIMAL = /^(-?)([0-9]{1,16})(?:[.,]([0-9]{1,16}))?$/;

/**
 * Decimal text as minor units, exactly: "2,55" SEK is 255. Decimal point or comma, no grouping, an
 * optional leading minus. Throws PRICE_INVALID for other text, for more decimals than the currency has
 * and for amounts above 2^53 − 1; CURRENCY_UNKNOWN.
 */
export function parseMinor(text: string, currency: Currency): number {
  const digits = minorDigits(currency);
  const match = DECIMAL.exec(text.trim());
  if (match === null) throw invalidAmount(text, currency, 'It is not a decimal number.');
  const [, sign, whole, decimals = ''] = match;
  if (decimals.length > digits) {
    throw invalidAmount(text, currency, `${currency} has ${digits} decimals.`);
  }
  const magnitude = Number(`${whole}${decimals.padEnd(digits, '0')}`);
  if (!Number.isSafeInteger(magnitude)) throw invalidAmount(text, currency, 'It is too large.');
  return sign === '-' ? 0 - magnitude : magnitude;
}

/** An amount for people to read, e.g. 1255 SEK in sv-SE is "12,55 kr". */
export function formatMinor(minor: number, currency: Currency, locale = 'sv-SE'): string {
  const digits = minorDigits(currency);
  // Text with an exponent, not a number: Intl formats it exactly, a float of a large amount would be off.
  const decimal = `${minor}e-${digits}` as Intl.StringNumericLiteral;
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(decimal);
}

/**
 * Shares an amount by weights, e.g. a discount over lines: largest remainder, ties to the earlier
 * share. The shares sum exactly to the total, and a negative total gives the mirror of the positive.
 * Weights are whole numbers, zero or more; all zero shares evenly. Throws INTERNAL for other weights,
 * or for none with something to share.
 */
export function allocate(totalMinor: number, weights: readonly number[]): number[] {
  if (weights.some((weight) => !Number.isSafeInteger(weight) || weight < 0)) {
    throw new ButikError('INTERNAL', { message: 'Weights must be whole numbers, zero or more.' });
  }
  if (weights.length === 0 && totalMinor !== 0) {
    throw new ButikError('INTERNAL', { message: 'An amount cannot be shared among nobody.' });
  }
  const even = weights.every((weight) => weight === 0);
  const parts = weights.map((weight) => (even ? 1n : BigInt(weight)));
  const whole = parts.reduce((sum, part) => sum + part, 0n);
  const total = BigInt(Math.abs(totalMinor));

  const shares = parts.map((part) => Number((total * part) / whole));
  const remainders = parts.map((part, index) => ({ index, remainder: (total * part) % whole }));
  remainders.sort((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  );
  const left = Math.abs(totalMinor) - shares.reduce((sum, share) => sum + share, 0);
  for (const { index } of remainders.slice(0, left)) shares[index] = shares[index]! + 1;
  return totalMinor < 0 ? shares.map((share) => 0 - share) : shares;
}

function invalidAmount(text: string, currency: Currency, reason: string): ButikError {
  return new ButikError('PRICE_INVALID', {
    message: `“${text}” is not an amount in ${currency}: ${reason}`,
    details: { text, currency, reason },
  });
}
