import { ButikError } from '@butik/proto/errors/butik-error';
import {
  type ApplicationIdentifier,
  type Charset,
  leadingIdentifier,
  type ValuePart,
} from './gs1-application-identifiers.ts';
import { gs1Date } from './gs1-date.ts';
import { labelPrice, netWeightGrams } from './gs1-measures.ts';
import { hasCheckDigit } from './gtin.ts';

export interface ElementString {
  /** AI 00, 18 digits. */
  sscc?: string;
  /** AI 01, 14 digits. */
  gtin?: string;
  /** AI 02, 14 digits: what is inside a logistic unit. */
  contentGtin?: string;
  batch?: string;
  serial?: string;
  /** Dates are YYYY-MM-DD. */
  producedOn?: string;
  packedOn?: string;
  bestBefore?: string;
  sellBy?: string;
  expiresOn?: string;
  netWeightGrams?: number;
  /** AI 392n or 393n in minor units; without `priceCurrency` it is the shop's own. */
  priceMinor?: number;
  priceCurrency?: string;
  /** AI 30 or 37. */
  count?: number;
  /** Every element in the order of the data. */
  raw: { ai: string; value: string }[];
}

/** FNC1 as scanners send it: ASCII group separator. */
export const FNC1 = '\x1d';
/** What scanners put before GS1 data: GS1-128, DataMatrix, QR and DataBar. */
export const GS1_SYMBOLOGY = /^\](?:C1|d2|Q3|e0)/;
const MAX_DATA_LENGTH = 1024;
const CHARSETS: Readonly<Record<Charset, RegExp>> = {
  N: /^[0-9]*$/,
  X: /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*$/,
  Y: /^[#\-/0-9A-Z]*$/,
  Z: /^[-_=0-9A-Za-z]*$/,
};

interface Element {
  identifier: ApplicationIdentifier;
  value: string;
}

/**
 * Reads a GS1 element string, as scanned (FNC1 as \x1d, symbology identifier or none) or as printed
 * under the bars, “(01)…(17)…”. `today` (YYYY-MM-DD) decides the century of its dates.
 * Throws CODE_INVALID with `details.reason` and, where there is one, `details.ai`.
 */
export function parseElementString(data: string, today: string): ElementString {
  if (data.length > MAX_DATA_LENGTH) throw invalidCode(`It is longer than ${MAX_DATA_LENGTH} characters.`);
  const body = data.replace(GS1_SYMBOLOGY, '');
  const elements = body.startsWith('(') ? splitPrinted(body) : splitScanned(body);
  if (elements.length === 0) throw invalidCode('It is empty.');
  const values = new Map<string, string>();
  for (const { identifier, value } of elements) {
    checkValue(identifier, value, today);
    if ((values.get(identifier.ai) ?? value) !== value) {
      throw invalidCode('It is there twice with different values.', identifier.ai);
    }
    values.set(identifier.ai, value);
  }
  return toElementString(values, elements, today);
}

function splitScanned(body: string): Element[] {
  const elements: Element[] = [];
  let rest = body;
  while (rest !== '') {
    if (rest.startsWith(FNC1)) {
      rest = rest.slice(FNC1.length);
      continue;
    }
    const identifier = leadingIdentifier(rest);
    if (identifier === null)
      throw invalidCode(`No application identifier that is known begins “${rest.slice(0, 4)}”.`);
    const value = rest.slice(identifier.ai.length, valueEnd(rest, identifier));
    elements.push({ identifier, value });
    rest = rest.slice(identifier.ai.length + value.length);
  }
  return elements;
}

function valueEnd(rest: string, { ai, parts, predefinedLength }: ApplicationIdentifier): number {
  const separator = rest.indexOf(FNC1);
  const end = separator === -1 ? rest.length : separator;
  if (!predefinedLength) return end;
  return Math.min(end, ai.length + parts.reduce((sum, part) => sum + part.maxLength, 0));
}

function splitPrinted(body: string): Element[] {
  // Parentheses may be part of a value, so only a bracketed run of 2–4 digits begins an element.
  const pieces = body.split(/\(([0-9]{2,4})\)/);
  const elements: Element[] = [];
  for (let index = 1; index < pieces.length; index += 2) {
    const ai = pieces[index]!;
    const identifier = leadingIdentifier(ai);
    if (identifier?.ai !== ai) throw invalidCode('It is not an application identifier that is known.', ai);
    elements.push({ identifier, value: pieces[index + 1]! });
  }
  if (pieces[0] !== '') throw invalidCode('It does not begin with an application identifier in brackets.');
  return elements;
}

function checkValue({ ai, parts }: ApplicationIdentifier, value: string, today: string): void {
  let rest = value;
  for (const part of parts) {
    const content = rest.slice(0, part.maxLength);
    const flaw = flawOf(part, content, today);
    if (flaw !== null) throw invalidCode(flaw, ai);
    rest = rest.slice(content.length);
  }
  if (rest !== '') throw invalidCode('Its value is too long.', ai);
}

function flawOf(part: ValuePart, content: string, today: string): string | null {
  const { charset, minLength, optional, rule } = part;
  if (optional && content === '') return null;
  if (content.length < minLength) return 'Its value is too short.';
  if (!CHARSETS[charset].test(content)) {
    return charset === 'N' ? 'Its value must be digits.' : 'Its value has a character that is not allowed.';
  }
  if (rule === 'check-digit' && !hasCheckDigit(content)) return 'Its check digit is wrong.';
  if (rule === 'day' && content.endsWith('00')) return 'Its date lacks the day.';
  if (rule !== null && rule !== 'check-digit' && gs1Date(content, today) === null)
    return 'Its date does not exist.';
  return null;
}

const TEXT_FIELDS = { sscc: '00', gtin: '01', contentGtin: '02', batch: '10', serial: '21' } as const;
const DATE_FIELDS = {
  producedOn: '11',
  packedOn: '13',
  bestBefore: '15',
  sellBy: '16',
  expiresOn: '17',
} as const;

function toElementString(
  values: ReadonlyMap<string, string>,
  elements: Element[],
  today: string,
): ElementString {
  const result: ElementString = { raw: elements.map(({ identifier: { ai }, value }) => ({ ai, value })) };
  for (const [field, ai] of Object.entries(TEXT_FIELDS) as [keyof typeof TEXT_FIELDS, string][]) {
    const value = values.get(ai);
    if (value !== undefined) result[field] = value;
  }
  for (const [field, ai] of Object.entries(DATE_FIELDS) as [keyof typeof DATE_FIELDS, string][]) {
    const value = values.get(ai);
    // Not null: a date that does not exist was refused with its element.
    if (value !== undefined) result[field] = gs1Date(value, today)!;
  }
  const count = values.get('30') ?? values.get('37');
  if (count !== undefined) result.count = Number(count);
  for (const [ai, value] of values) addMeasure(result, ai, value);
  return result;
}

function addMeasure(result: ElementString, ai: string, value: string): void {
  if (/^3[12]0\d$/.test(ai)) result.netWeightGrams = netWeightGrams(ai, value);
  if (!/^39[23]\d$/.test(ai)) return;
  const price = labelPrice(ai, value);
  if (price === null) throw invalidCode('Its price has more decimals than the currency.', ai);
  if (price === undefined) return;
  result.priceMinor = price.minor;
  if (price.currency !== undefined) result.priceCurrency = price.currency;
}

function invalidCode(reason: string, ai?: string): ButikError {
  return new ButikError('CODE_INVALID', {
    message: ai === undefined ? reason : `(${ai}): ${reason}`,
    details: { reason, ...(ai !== undefined && { ai }) },
  });
}
