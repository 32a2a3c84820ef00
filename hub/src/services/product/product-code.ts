import { isGtin, normaliseGtin } from '@butik/domain/codes/gtin';
import { ButikError } from '@butik/proto/errors/butik-error';

const OWN_CODE = /^[\p{L}\p{N}](?:[\p{L}\p{N}._/ -]{0,38}[\p{L}\p{N}._/-])?$/u;
const GTIN_LIKE = /^([0-9]{8}|[0-9]{12,14})$/;

/**
 * The code of a product as it is kept: a GTIN with the right check digit, or the chain's own code (letters,
 * digits, spaces and `. _ / -`, 40 at most). Digits of a GTIN's length must be a GTIN, so that a misread barcode
 * never becomes an own code. Throws CODE_INVALID with the reason.
 */
export function parseProductCode(text: string): string {
  const code = text.trim();
  if (GTIN_LIKE.test(code)) normaliseGtin(code);
  else if (!OWN_CODE.test(code)) {
    const reason =
      'An own code has 1 to 40 letters and digits; spaces, “.”, “_”, “/” and “-” may stand between.';
    throw new ButikError('CODE_INVALID', { message: reason, details: { code, reason } });
  }
  return code;
}

/**
 * What makes two codes the same: a GTIN counts in all its lengths, an own code in any case of the letters
 * A–Z, as the shops look it up.
 */
export function codeKey(code: string): string {
  return isGtin(code)
    ? normaliseGtin(code)
    : `own:${code.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())}`;
}
