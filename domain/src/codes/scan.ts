import { ButikError } from '@butik/proto/errors/butik-error';
import { type ElementString, FNC1, GS1_SYMBOLOGY, parseElementString } from './gs1-element-string.ts';
import { displayGtin, isGtin, normaliseGtin } from './gtin.ts';
import { parseVariableMeasure, type VariableMeasure } from './variable-measure.ts';

export interface ScannedGtin {
  kind: 'gtin';
  gtin14: string;
  batch?: string;
  serial?: string;
  /** Dates are YYYY-MM-DD. */
  expiresOn?: string;
  bestBefore?: string;
  weightGrams?: number;
  priceMinor?: number;
  /** Where the label names it; the shop's own otherwise. Compare it before charging the price. */
  priceCurrency?: string;
}

export interface ScannedVariableMeasure extends VariableMeasure {
  kind: 'variable-measure';
}

/** A code of the shop's own, such as an item number. */
export interface ScannedCode {
  kind: 'code';
  code: string;
}

export type Scan = ScannedGtin | ScannedVariableMeasure | ScannedCode;

/** What scanners put before other data to name the kind of barcode (ISO/IEC 15424). */
const ANY_SYMBOLOGY = /^\][A-Za-z][0-9A-Za-z]/;
const OWN_CODE = /^[^\p{C}\p{Z}](?:[^\p{C}\p{Z}]| ){0,63}$/u;

/**
 * What a till makes of what a scanner or a keyboard sent. GS1 data and GTINs are recognised, also with a
 * symbology identifier before them; anything else is an own code of 1–64 visible characters, spaces
 * around it removed. `today` is YYYY-MM-DD. Throws CODE_INVALID for GS1 data that is damaged or names no
 * product, and for what cannot be a code.
 */
export function readScan(data: string, today: string): Scan {
  const text = data.trim();
  if (isMarkedGs1(text)) return fromElementString(parseElementString(text, today));
  const code = text.replace(ANY_SYMBOLOGY, '').trim();
  if (isGtin(code)) return fromGtin(code);
  if (isBareGs1(code)) return fromElementString(parseElementString(code, today));
  if (!OWN_CODE.test(code)) {
    throw invalidScan('A code has 1 to 64 visible characters.');
  }
  return { kind: 'code', code };
}

function isMarkedGs1(text: string): boolean {
  return GS1_SYMBOLOGY.test(text) || text.includes(FNC1) || /^\([0-9]{2,4}\)/.test(text);
}

/** GS1 data whose scanner sends no mark: it begins with a whole GTIN whose check digit is right. */
function isBareGs1(code: string): boolean {
  return /^01[0-9]{14}/.test(code) && isGtin(code.slice(2, 16));
}

function fromGtin(code: string): Scan {
  const gtin14 = normaliseGtin(code);
  const measure = parseVariableMeasure(displayGtin(gtin14));
  return measure === null ? { kind: 'gtin', gtin14 } : { kind: 'variable-measure', ...measure };
}

function fromElementString(element: ElementString): ScannedGtin {
  if (element.gtin === undefined) throw invalidScan('The GS1 code names no product (AI 01).');
  return {
    kind: 'gtin',
    gtin14: element.gtin,
    ...(element.batch !== undefined && { batch: element.batch }),
    ...(element.serial !== undefined && { serial: element.serial }),
    ...(element.expiresOn !== undefined && { expiresOn: element.expiresOn }),
    ...(element.bestBefore !== undefined && { bestBefore: element.bestBefore }),
    ...(element.netWeightGrams !== undefined && { weightGrams: element.netWeightGrams }),
    ...(element.priceMinor !== undefined && { priceMinor: element.priceMinor }),
    ...(element.priceCurrency !== undefined && { priceCurrency: element.priceCurrency }),
  };
}

function invalidScan(reason: string): ButikError {
  return new ButikError('CODE_INVALID', { message: reason, details: { reason } });
}
