import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';
import type { ProductFinder } from './find-product.ts';
import type { CatalogueProduct } from './product.ts';

interface Reference {
  productId?: string | undefined;
  code?: string | undefined;
}

/** The schema of a line that names its product by id or by code, exactly one of them. */
export function productReference<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .strictObject({ productId: z.uuid().optional(), code: z.string().min(1).max(64).optional(), ...shape })
    .refine(namesOne, 'name the product by productId or by code, exactly one of them');
}

/** Throws PRODUCT_NOT_FOUND with `details.line`, from 0. */
export function findLineProduct(find: ProductFinder, line: Reference, index: number): CatalogueProduct {
  const { productId, code } = line;
  const product = productId === undefined ? find.byCode(code ?? '') : find.byId(productId);
  if (product !== null) return product;
  throw new ButikError('PRODUCT_NOT_FOUND', {
    details: { line: index, ...(productId === undefined ? { code } : { productId }) },
  });
}

function namesOne(line: object): boolean {
  const { productId, code } = line as Reference;
  return (productId === undefined) !== (code === undefined);
}
