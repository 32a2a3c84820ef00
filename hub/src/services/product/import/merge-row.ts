import { type ChainPrice, withPrice } from '../chain-prices.ts';
import type { Attributes, Product } from '../product.ts';
import type { ProductWrite } from '../write-products.ts';
import type { CatalogueRow } from './parse-row.ts';

export interface MergeDefaults {
  /** For new products whose row names none. */
  vatCategory: Product['vatCategory'];
  nowMs: number;
  newId(): string;
}

/**
 * The write that makes a product what its row says, or null when it is that already. What the file has no
 * column for stays as it is; an empty cell clears a text, a category or an attribute, and nothing else.
 */
export function mergeRow(
  row: CatalogueRow,
  before: Product | null,
  defaults: MergeDefaults,
): ProductWrite | null {
  const at = new Date(defaults.nowMs).toISOString();
  const chainPrices = before?.chainPrices ?? [];
  const price = newPrice(row, chainPrices, at);
  const content = {
    name: row.name,
    description: row.description === undefined ? (before?.description ?? null) : row.description,
    unit: row.unit ?? before?.unit ?? 'piece',
    vatCategory: row.vatCategory ?? before?.vatCategory ?? defaults.vatCategory,
    category: row.category === undefined ? (before?.category ?? null) : row.category,
    active: row.active ?? before?.active ?? true,
    attributes: mergeAttributes(before?.attributes ?? {}, row.attributes),
  };
  const change = { ...changesIn(content, before), ...(price && { price }) };
  if (before !== null && Object.keys(change).length === 0) return null;
  const product: Product = {
    productId: before?.productId ?? defaults.newId(),
    code: before?.code ?? row.code,
    tags: before?.tags ?? [],
    ...content,
    chainPrices: price ? withPrice(chainPrices, price, at) : chainPrices,
    version: (before?.version ?? 0) + 1,
    createdAt: before?.createdAt ?? defaults.nowMs,
    updatedAt: defaults.nowMs,
  };
  return {
    expectedVersion: before?.version ?? null,
    product,
    ...(price && { price: { ...price, scope: 'chain', validTo: null } }),
    action: before === null ? 'created' : 'changed',
    change,
  };
}

/**
 * The row's price, unless it is there already or could never hold because a later one hides it. A row
 * without a day means the ordinary price: it is compared with the last one that has no end.
 */
function newPrice(
  { price }: CatalogueRow,
  before: readonly ChainPrice[],
  at: string,
): ChainPrice | undefined {
  if (!price) return undefined;
  const { amountMinor, currency, validFrom = at } = price;
  const openPrices = before.filter((one) => one.validTo === undefined && one.validFrom <= at);
  const there = price.validFrom ? before.find((one) => one.validFrom === validFrom) : openPrices.at(-1);
  if (there?.amountMinor === amountMinor && there.currency === currency) return undefined;
  const dated = { amountMinor, currency, validFrom };
  return withPrice(before, dated, at).includes(dated) ? dated : undefined;
}

function mergeAttributes(before: Attributes, row: CatalogueRow['attributes']): Attributes {
  const merged = new Map<string, Attributes[string] | null>([
    ...Object.entries(before),
    ...Object.entries(row),
  ]);
  return Object.fromEntries(
    [...merged].filter((entry): entry is [string, Attributes[string]] => entry[1] !== null),
  );
}

function changesIn(content: object, before: Product | null): Record<string, unknown> {
  const was = new Map(Object.entries(before ?? {}));
  return Object.fromEntries(
    Object.entries(content).filter(([name, value]) => canonical(value) !== canonical(was.get(name))),
  );
}

/** JSON with sorted keys: a store may give the keys of an object back in another order. */
function canonical(value: unknown): string | undefined {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
