import { z } from 'zod';

/** A product as the till sees it: what it is, what it costs here and now, and how many there are. */
export const productSchema = z.object({
  productId: z.uuid(),
  code: z.string(),
  name: z.string(),
  unit: z.enum(['piece', 'gram']),
  vatCategory: z.string(),
  category: z.string().nullable(),
  /** VAT included; per piece, or per kilogram for goods in grams. Null when no price is valid now. */
  priceMinor: z.int().nullable(),
  currency: z.string(),
  onHand: z.int(),
});
export type Product = z.infer<typeof productSchema>;

/** What of a product the catalogue itself knows. */
export type CatalogueProduct = Omit<Product, 'priceMinor' | 'currency' | 'onHand'>;
