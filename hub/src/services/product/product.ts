import { VAT_CATEGORIES } from '@butik/domain/vat/rates';
import type { PriceRow } from '@butik/proto/collections/prices';
import type { ProductRow } from '@butik/proto/collections/products';
import { z } from 'zod';
import { currencySchema } from '../currency.ts';
import { type ChainPrice, chainPriceAt } from './chain-prices.ts';

export const UNITS = ['piece', 'gram'] as const;

const MAX_ATTRIBUTES = 100;
const MAX_ATTRIBUTES_CHARACTERS = 40_000;

const attributesSchema = z
  .record(z.string().min(1).max(60), z.union([z.string().max(20_000), z.number(), z.boolean()]))
  .refine(
    (attributes) => Object.keys(attributes).length <= MAX_ATTRIBUTES,
    `At most ${MAX_ATTRIBUTES} attributes.`,
  )
  .refine(
    (attributes) => JSON.stringify(attributes).length <= MAX_ATTRIBUTES_CHARACTERS,
    `Attributes have at most ${MAX_ATTRIBUTES_CHARACTERS} characters together.`,
  );
export type Attributes = z.infer<typeof attributesSchema>;

/** What head office decides about a product. */
export const productContentSchema = z.strictObject({
  name: z.string().trim().min(1).max(300),
  description: z.string().trim().max(5_000).nullable().default(null),
  unit: z.enum(UNITS).default('piece'),
  vatCategory: z.enum(VAT_CATEGORIES),
  category: z.string().trim().min(1).max(100).nullable().default(null),
  tags: z.array(z.string().trim().min(1).max(50)).max(30).default([]),
  attributes: attributesSchema.default({}),
  active: z.boolean().default(true),
});
export type ProductContent = z.output<typeof productContentSchema>;

const amountSchema = z.int().min(0).max(1_000_000_000);
export const scopeSchema = z
  .string()
  .max(100)
  .regex(/^(chain|group:[\w-]+|shop:[\w-]+)$/, 'A scope is chain, group:ID or shop:ID.');

export const priceSchema = z.object({
  scope: scopeSchema,
  amountMinor: amountSchema,
  currency: currencySchema,
  validFrom: z.iso.datetime(),
  validTo: z.iso.datetime().nullable(),
});
export type Price = z.infer<typeof priceSchema>;

export const basePriceSchema = z.strictObject({ amountMinor: amountSchema, currency: currencySchema });

/** A product as the API shows it; `basePrice` is the chain's price at this moment. */
export const productViewSchema = productContentSchema.extend({
  productId: z.uuid(),
  code: z.string(),
  basePrice: basePriceSchema.nullable(),
  version: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type ProductView = z.output<typeof productViewSchema>;

/** A product as it is kept. Times are epoch milliseconds. */
export interface Product extends ProductContent {
  productId: string;
  code: string;
  chainPrices: ChainPrice[];
  version: number;
  createdAt: number;
  updatedAt: number;
}

export function toView(product: Product, nowMs: number): ProductView {
  const { chainPrices, ...content } = product;
  const price = chainPriceAt(chainPrices, new Date(nowMs).toISOString());
  return {
    ...content,
    basePrice: price === null ? null : { amountMinor: price.amountMinor, currency: price.currency },
    createdAt: new Date(product.createdAt).toISOString(),
    updatedAt: new Date(product.updatedAt).toISOString(),
  };
}

/** The product as shops read it. Tags travel as an attribute. */
export function toProductRow(product: Product): ProductRow {
  return {
    id: product.productId,
    code: product.code,
    name: product.name,
    description: product.description,
    unit: product.unit,
    vat_category: product.vatCategory,
    category: product.category,
    attributes: product.tags.length > 0 ? { ...product.attributes, tags: product.tags } : product.attributes,
    active: product.active,
  };
}

export function toPriceRow(productId: string, price: Price): PriceRow {
  return {
    id: `${productId}/${price.scope}/${price.validFrom}`,
    product_id: productId,
    scope: price.scope,
    amount_minor: price.amountMinor,
    currency: price.currency,
    valid_from: price.validFrom,
    valid_to: price.validTo,
  };
}
