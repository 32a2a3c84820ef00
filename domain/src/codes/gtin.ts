import { ButikError } from '@butik/proto/errors/butik-error';

const GTIN_LENGTHS: ReadonlySet<number> = new Set([8, 12, 13, 14]);
const GTIN14_LENGTH = 14;

/** Whether the text is a GTIN-8, -12, -13 or -14 with the right check digit. */
export function isGtin(code: string): boolean {
  return flawOf(code) === null;
}

/** The GTIN as 14 digits, zero-padded: the one form in which codes are compared. Throws CODE_INVALID. */
export function normaliseGtin(code: string): string {
  const reason = flawOf(code);
  if (reason !== null) throw new ButikError('CODE_INVALID', { message: reason, details: { code, reason } });
  return code.padStart(GTIN14_LENGTH, '0');
}

/** A 14-digit GTIN as it is printed under the bars: GTIN-13 mostly, GTIN-8 and GTIN-12 where it is one. */
export function displayGtin(gtin14: string): string {
  if (gtin14.startsWith('000000')) return gtin14.slice(6);
  if (gtin14.startsWith('00')) return gtin14.slice(2);
  if (gtin14.startsWith('0')) return gtin14.slice(1);
  return gtin14;
}

/**
 * The GS1 check digit (0–9) of the digits before it: weights 3 and 1 from the right, up to the next ten.
 * It is the same for GTIN, SSCC, GLN and the other GS1 keys.
 */
export function checkDigit(digits: string): number {
  let sum = 0;
  for (let fromRight = 0; fromRight < digits.length; fromRight += 1) {
    sum += Number(digits[digits.length - 1 - fromRight]) * (fromRight % 2 === 0 ? 3 : 1);
  }
  return (10 - (sum % 10)) % 10;
}

/** Whether the last of these digits is the check digit of the others. */
export function hasCheckDigit(digits: string): boolean {
  return Number(digits.at(-1)) === checkDigit(digits.slice(0, -1));
}

function flawOf(code: string): string | null {
  if (!/^[0-9]+$/.test(code)) return 'A GTIN has digits only.';
  if (!GTIN_LENGTHS.has(code.length)) return `A GTIN has 8, 12, 13 or 14 digits, not ${code.length}.`;
  if (!hasCheckDigit(code)) return `The check digit should be ${checkDigit(code.slice(0, -1))}.`;
  return null;
}
