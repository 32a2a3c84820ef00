import { ButikError } from '@butik/proto/errors/butik-error';

/** What the import reads from columns with these names; every other column becomes an attribute. */
const COLUMN_NAMES = {
  gtin: ['gtin', 'ean', 'ean13', 'streckkod', 'barcode'],
  code: ['code', 'sku', 'artikelnummer', 'artikelnr', 'artnr', 'kod'],
  name: ['name', 'namn', 'benämning', 'produktnamn', 'product name'],
  description: ['description', 'beskrivning'],
  unit: ['unit', 'enhet'],
  vat: ['vat', 'moms', 'momssats', 'vat category', 'momskategori'],
  category: ['category', 'kategori', 'varugrupp'],
  price: ['price', 'pris', 'försäljningspris'],
  currency: ['currency', 'valuta'],
  validFrom: ['valid from', 'gäller från', 'giltig från'],
  active: ['active', 'aktiv'],
} as const satisfies Record<string, readonly string[]>;

export type KnownColumn = keyof typeof COLUMN_NAMES;

export interface Columns {
  /** Where each known column stands. */
  known: Map<KnownColumn, number>;
  /** Where each attribute stands, by its name in camelCase. */
  attributes: Map<string, number>;
  /** The header as it is written, for error reports. */
  header: readonly string[];
}

const KNOWN = new Map<string, KnownColumn>(
  Object.entries(COLUMN_NAMES).flatMap(([column, names]) =>
    names.map((name) => [name, column as KnownColumn] as const),
  ),
);

/** Reads the header row. Throws IMPORT_COLUMNS_MISSING, IMPORT_FILE_MALFORMED for a column that comes twice. */
export function readHeader(header: readonly string[]): Columns {
  const known = new Map<KnownColumn, number>();
  const attributes = new Map<string, number>();
  for (const [at, title] of header.entries()) {
    const words = title
      .trim()
      .toLowerCase()
      .replace(/[\s_-]+/g, ' ');
    if (words === '') continue;
    const column = KNOWN.get(words);
    const name = column ?? camelCase(words);
    const taken = column === undefined ? attributes.has(name) : known.has(column);
    if (taken) {
      throw new ButikError('IMPORT_FILE_MALFORMED', {
        message: `Two columns mean ${name}: “${title}” is the second.`,
        details: { row: 1, column: title },
      });
    }
    if (column === undefined) attributes.set(name, at);
    else known.set(column, at);
  }
  const missing = [
    ...(known.has('name') ? [] : ['name']),
    ...(known.has('gtin') || known.has('code') ? [] : ['gtin or code']),
  ];
  if (missing.length > 0) {
    throw new ButikError('IMPORT_COLUMNS_MISSING', {
      message: `The first row names no column for ${missing.join(', ')}.`,
      details: { missing, found: header.slice(0, 50) },
    });
  }
  return { known, attributes, header };
}

function camelCase(words: string): string {
  return words
    .split(' ')
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('')
    .slice(0, 60);
}
