import { normaliseGtin } from '@butik/domain/codes/gtin';
import { parseMinor } from '@butik/domain/money/money';
import { VAT_CATEGORIES, type VatCategory, vatRate } from '@butik/domain/vat/rates';
import { asButikError } from '@butik/proto/errors/butik-error';
import { currencySchema } from '../../currency.ts';
import type { Attributes, UNITS } from '../product.ts';
import { parseProductCode } from '../product-code.ts';
import type { Columns, KnownColumn } from './columns.ts';
import type { FileRow } from './rows.ts';

/**
 * What a row says of a product: undefined where the file has no such column or the row ends before it, null
 * where its cell is empty.
 */
export interface CatalogueRow {
  row: number;
  code: string;
  name: string;
  description?: string | null;
  unit?: (typeof UNITS)[number];
  vatCategory?: VatCategory;
  category?: string | null;
  active?: boolean;
  price?: { amountMinor: number; currency: string; validFrom?: string };
  attributes: Record<string, Attributes[string] | null>;
}

/** Why a row is left out. `row` counts as a spreadsheet does; `column` is its title in the file. */
export interface RowError {
  row: number;
  column?: string;
  code?: string;
  reason: string;
}

export interface RowDefaults {
  /** For rows that name no currency. */
  currency: string;
  /** Whose VAT rates a percentage means, and on which day (YYYY-MM-DD). */
  country: string;
  day: string;
}

const MAX_NAME = 300;
const MAX_TEXT = 5_000;
const MAX_CATEGORY = 100;
const MAX_ATTRIBUTE = 20_000;
const MAX_ATTRIBUTES = 40_000;
const MAX_PRICE_MINOR = 1_000_000_000;

/** Reads one row, or says what is wrong with it. */
export function parseRow(
  { row, cells }: FileRow,
  columns: Columns,
  defaults: RowDefaults,
): CatalogueRow | RowError {
  let column: KnownColumn = columns.known.has('gtin') ? 'gtin' : 'code';
  const cell = (name: KnownColumn) => {
    const at = columns.known.get(name);
    if (at !== undefined) column = name;
    return at === undefined ? undefined : cells[at]?.trim();
  };
  const codeOf = () => {
    const code = (cell('gtin') || cell('code') || '').slice(0, 40);
    return code === '' ? {} : { code };
  };
  const surplus = cells.slice(columns.header.length).find((one) => one.trim() !== '');
  if (surplus !== undefined) {
    // A comma too many moves every cell after it; none of them can be trusted.
    const reason = `The row has more cells than the first row has titles: “${surplus.trim().slice(0, 40)}” stands under none.`;
    return { row, ...codeOf(), reason };
  }
  try {
    const sku = cell('code');
    const code = parseCode(cell('gtin'), sku);
    const name = parseName(cell('name'));
    const description = parseText(cell('description'), MAX_TEXT);
    const unit = parseUnit(cell('unit'));
    const vatCategory = parseVat(cell('vat'), defaults);
    const category = parseText(cell('category'), MAX_CATEGORY);
    const active = parseActive(cell('active'));
    const currency = parseCurrency(cell('currency'), defaults.currency);
    const validFrom = parseInstant(cell('validFrom'));
    const price = parsePrice(cell('price'), currency, validFrom);
    return {
      row,
      code,
      name,
      ...(description !== undefined && { description }),
      ...(unit !== undefined && { unit }),
      ...(vatCategory !== undefined && { vatCategory }),
      ...(category !== undefined && { category }),
      ...(active !== undefined && { active }),
      ...(price !== undefined && { price }),
      attributes: parseAttributes(cells, columns, sku !== undefined && sku !== code ? sku : undefined),
    };
  } catch (error) {
    if (error instanceof Flaw) column = error.column ?? column;
    const reason = error instanceof Flaw ? error.message : asButikError(error).message;
    const at = columns.known.get(column);
    const title = at === undefined ? column : (columns.header[at] ?? column);
    return { row, column: title.slice(0, 60), ...codeOf(), reason: reason.slice(0, 300) };
  }
}

/** What is wrong with a cell, in words for the person who keeps the file. */
class Flaw extends Error {
  readonly column: KnownColumn | undefined;

  constructor(reason: string, column?: KnownColumn) {
    super(reason);
    this.column = column;
  }
}

function parseCode(gtin: string | undefined, sku: string | undefined): string {
  if (gtin) {
    const digits = gtin.replace(/[\s-]/g, '');
    flawIn('gtin', () => normaliseGtin(digits));
    return digits;
  }
  if (sku) return flawIn('code', () => parseProductCode(sku));
  throw new Flaw('The row has neither a GTIN nor a code.');
}

/** What a rule of the domain finds wrong, as a flaw of the column that the text is from. */
function flawIn<T>(column: KnownColumn, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Flaw(asButikError(error).message, column);
  }
}

function parseName(text: string | undefined): string {
  if (!text) throw new Flaw('The name is missing.');
  if (text.length > MAX_NAME) throw new Flaw(`The name has more than ${MAX_NAME} characters.`);
  return text;
}

function parseText(text: string | undefined, max: number): string | null | undefined {
  if (text !== undefined && text.length > max) throw new Flaw(`The text has more than ${max} characters.`);
  return text === '' ? null : text;
}

const UNIT_WORDS = new Map<string, (typeof UNITS)[number]>([
  ...['piece', 'pieces', 'pcs', 'pc', 'st', 'styck', 'stk', 'each'].map((word) => [word, 'piece'] as const),
  ...['gram', 'grams', 'g', 'kg', 'kilo', 'kilogram', 'vikt'].map((word) => [word, 'gram'] as const),
]);

/** Goods sold by weight are counted in grams and priced per kilogram, so `kg` means grams as well. */
function parseUnit(text: string | undefined): (typeof UNITS)[number] | undefined {
  if (!text) return undefined;
  const unit = UNIT_WORDS.get(text.toLowerCase().replace(/\.$/, ''));
  if (!unit) throw new Flaw(`“${text}” is not a unit: use piece or gram.`);
  return unit;
}

const VAT_WORDS = new Map<string, VatCategory>([
  ...VAT_CATEGORIES.map((category) => [category, category] as const),
  ['normal', 'standard'],
  ['livsmedel', 'food'],
  ['mat', 'food'],
  ['restaurang', 'restaurant'],
  ['kultur', 'culture'],
  ['böcker', 'culture'],
  ['momsfri', 'zero'],
  ['ingen', 'zero'],
]);

/** A category by its word, or by a percentage that one has on the day of the import: the first that has it. */
function parseVat(text: string | undefined, { country, day }: RowDefaults): VatCategory | undefined {
  if (!text) return undefined;
  const word = VAT_WORDS.get(text.toLowerCase());
  if (word) return word;
  const percent = /^([0-9]{1,2}(?:[.,][0-9]{1,2})?)\s*%?$/.exec(text)?.[1];
  const rateBp = percent === undefined ? undefined : Math.round(Number(percent.replace(',', '.')) * 100);
  const category = VAT_CATEGORIES.find((one) => vatRate(country, one, day) === rateBp);
  if (!category) throw new Flaw(`“${text}” is not a VAT category: use ${VAT_CATEGORIES.join(', ')}.`);
  return category;
}

const ACTIVE_WORDS = new Map<string, boolean>([
  ...['true', 'yes', 'ja', '1', 'x', 'sant', 'j', 'y'].map((word) => [word, true] as const),
  ...['false', 'no', 'nej', '0', 'falskt', 'n'].map((word) => [word, false] as const),
]);

function parseActive(text: string | undefined): boolean | undefined {
  if (!text) return undefined;
  const active = ACTIVE_WORDS.get(text.toLowerCase());
  if (active === undefined) throw new Flaw(`“${text}” is neither yes nor no.`);
  return active;
}

function parseCurrency(text: string | undefined, fallback: string): string {
  const code = text ? text.toUpperCase() : fallback;
  if (!currencySchema.safeParse(code).success) throw new Flaw(`There is no currency “${text}”.`);
  return code;
}

/** A day means its beginning in UTC. */
function parseInstant(text: string | undefined): string | undefined {
  if (!text) return undefined;
  const form = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/;
  const withZone = /(Z|[+-]\d{2}:\d{2}|^.{10})$/.test(text) ? text : `${text}Z`;
  const ms =
    form.test(text) && isDay(text.slice(0, 10)) ? Date.parse(withZone.replace(' ', 'T')) : Number.NaN;
  if (Number.isNaN(ms)) throw new Flaw(`“${text}” is not a day: write it as 2026-12-31.`);
  return new Date(ms).toISOString();
}

/** Date.parse takes the 30th of February for the 2nd of March. */
function isDay(day: string): boolean {
  const ms = Date.parse(day);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}

/** Kronor with decimals, point or comma; spaces between thousands and “kr” are allowed. */
function parsePrice(
  text: string | undefined,
  currency: string,
  validFrom: string | undefined,
): CatalogueRow['price'] {
  if (!text) return undefined;
  const plain = text
    .replace(/(?<=\d)[\s\u00a0\u202f](?=\d{3}(\D|$))/g, '')
    .replace(/\s*(kr|:-|[A-Za-z]{3})\.?$/, '');
  const amountMinor = flawIn('price', () => parseMinor(plain, currency));
  if (amountMinor < 0) throw new Flaw('A price cannot be below zero.', 'price');
  if (amountMinor > MAX_PRICE_MINOR) throw new Flaw('The price is too large.', 'price');
  return { amountMinor, currency, ...(validFrom !== undefined && { validFrom }) };
}

function parseAttributes(
  cells: readonly string[],
  { attributes }: Columns,
  sku: string | undefined,
): CatalogueRow['attributes'] {
  let characters = 0;
  const given = [...attributes].filter(([, at]) => at < cells.length);
  const entries = given.map(([name, at]) => {
    const text = cells[at]!.trim();
    characters += name.length + text.length;
    if (text.length > MAX_ATTRIBUTE || characters > MAX_ATTRIBUTES) {
      throw new Flaw(`“${name}” and the columns before it are longer than a product can hold.`);
    }
    return [name, text === '' ? null : attributeValue(text)] as const;
  });
  return Object.fromEntries(sku === undefined ? entries : [...entries, ['sku', sku === '' ? null : sku]]);
}

/** A number where the text is exactly how that number is written; codes with leading zeros stay text. */
function attributeValue(text: string): string | number {
  return /^-?\d/.test(text) && String(Number(text)) === text ? Number(text) : text;
}
