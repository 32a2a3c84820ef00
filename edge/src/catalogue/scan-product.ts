import { readScan, type Scan } from '@butik/domain/codes/scan';
import { divideRounded } from '@butik/domain/money/round';
import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';
import type { ProductFinder } from './find-product.ts';
import { type Product, productSchema } from './product.ts';

export const scannedSchema = z.object({
  product: productSchema,
  /** Pieces, or the grams that the code tells. */
  quantity: z.int().positive(),
  /** The code's own price as a unit price: the line is sold at it, with the reason `price in barcode`. */
  priceMinor: z.int().optional(),
  batch: z.string().optional(),
  serial: z.string().optional(),
  expiresOn: z.string().optional(),
  bestBefore: z.string().optional(),
});
export type Scanned = z.infer<typeof scannedSchema>;

/** What was scanned, ready for a sale's line. `today` is YYYY-MM-DD. Throws CODE_INVALID and PRODUCT_NOT_FOUND. */
export function scanProduct(
  { find, describe }: { find: ProductFinder; describe: (productId: string) => Product },
  data: string,
  today: string,
): Scanned {
  // A code that the catalogue has as it stands means itself, whatever a scale would have meant by it.
  const exact = find.byCode(data.trim());
  if (exact !== null) return { product: describe(exact.productId), quantity: 1 };
  const scan = readScan(data, today);
  const found = find.byCode(codeOf(scan));
  if (found === null) throw new ButikError('PRODUCT_NOT_FOUND', { details: { code: codeOf(scan) } });
  const product = describe(found.productId);
  return { product, ...measureOf(scan, product), ...traceOf(scan) };
}

function codeOf(scan: Scan): string {
  if (scan.kind === 'gtin') return scan.gtin14;
  return scan.kind === 'variable-measure' ? scan.itemCode : scan.code;
}

function measureOf(scan: Scan, product: Product): Pick<Scanned, 'quantity' | 'priceMinor'> {
  if (scan.kind === 'code') return { quantity: 1 };
  const { weightGrams, priceMinor } = scan;
  if (product.unit === 'gram') return measureByWeight(weightGrams, priceMinor, product.priceMinor);
  return { quantity: 1, ...(priceMinor !== undefined && { priceMinor }) };
}

/**
 * A label that tells only its price leaves the weight to be inferred from the price per kilogram; the unit
 * price is then the one at which the line comes to the label's price.
 */
function measureByWeight(
  weightGrams: number | undefined,
  labelMinor: number | undefined,
  perKilogramMinor: number | null,
): Pick<Scanned, 'quantity' | 'priceMinor'> {
  const inferred =
    labelMinor !== undefined && perKilogramMinor !== null && perKilogramMinor > 0
      ? divideRounded(BigInt(labelMinor) * 1000n, BigInt(perKilogramMinor))
      : 1000;
  const quantity = Math.max(1, weightGrams ?? (labelMinor === undefined ? 1 : inferred));
  if (labelMinor === undefined) return { quantity };
  return { quantity, priceMinor: divideRounded(BigInt(labelMinor) * 1000n, BigInt(quantity)) };
}

function traceOf(scan: Scan): Pick<Scanned, 'batch' | 'serial' | 'expiresOn' | 'bestBefore'> {
  if (scan.kind !== 'gtin') return {};
  const { batch, serial, expiresOn, bestBefore } = scan;
  return {
    ...(batch !== undefined && { batch }),
    ...(serial !== undefined && { serial }),
    ...(expiresOn !== undefined && { expiresOn }),
    ...(bestBefore !== undefined && { bestBefore }),
  };
}
