import { displayGtin, isGtin, normaliseGtin } from '@butik/domain/codes/gtin';
import type { Database } from 'better-sqlite3';
import type { CatalogueProduct } from './product.ts';

export interface ProductFinder {
  byId(productId: string): CatalogueProduct | null;
  /** By code, in any case of the letters A–Z, or as another length of the same GTIN. */
  byCode(code: string): CatalogueProduct | null;
}

const COLUMNS = 'id AS productId, code, name, unit, vat_category AS vatCategory, category';

/** Products that head office took out of the range are found too: what lies on the counter still sells. */
export function createProductFinder(db: Database): ProductFinder {
  const byId = db.prepare<[string], CatalogueProduct>(`SELECT ${COLUMNS} FROM products WHERE id = ?`);
  const byCode = db.prepare<[string], CatalogueProduct & { active: number }>(
    `SELECT ${COLUMNS}, active FROM products WHERE code = ? COLLATE NOCASE`,
  );
  return {
    byId: (productId) => byId.get(productId) ?? null,
    byCode(code) {
      for (const form of formsOf(code)) {
        const found = byCode.all(form);
        const product = found.find(({ active }) => active === 1) ?? found[0];
        if (product !== undefined) return withoutActive(product);
      }
      return null;
    },
  };
}

function withoutActive({ active: _, ...product }: CatalogueProduct & { active: number }): CatalogueProduct {
  return product;
}

/** A GTIN is one number with or without leading zeros, and a file may have any of its forms. */
function formsOf(code: string): ReadonlySet<string> {
  if (!isGtin(code)) return new Set([code]);
  const gtin14 = normaliseGtin(code);
  const shorter = [8, 12, 13]
    .filter((length) => gtin14.startsWith('0'.repeat(14 - length)))
    .map((length) => gtin14.slice(14 - length));
  return new Set([code, displayGtin(gtin14), ...shorter, gtin14]);
}
