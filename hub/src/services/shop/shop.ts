import type { ShopRow } from '@butik/proto/collections/shops';
import { z } from 'zod';
import { countrySchema } from '../country.ts';
import { currencySchema } from '../currency.ts';

const MAX_JSON_CHARACTERS = 20_000;

const freeFormSchema = z
  .record(z.string().min(1).max(60), z.json())
  .refine(
    (value) => JSON.stringify(value).length <= MAX_JSON_CHARACTERS,
    `At most ${MAX_JSON_CHARACTERS} characters together.`,
  );
export const settingsSchema = freeFormSchema;

const timeZoneSchema = z
  .string()
  .refine((zone) => isTimeZone(zone), 'There is no time zone with this IANA name.');

/** What head office decides about a shop. */
export const shopContentSchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  currency: currencySchema.default('SEK'),
  /** ISO 3166-1 alpha-2; decides the VAT rates. */
  country: countrySchema.default('SE'),
  timeZone: timeZoneSchema.default('Europe/Stockholm'),
  fiscalMode: z.enum(['manned', 'exempt-unmanned']).default('exempt-unmanned'),
  orgNumber: z.string().trim().min(1).max(30).nullable().default(null),
  address: freeFormSchema.default({}),
  environment: z.enum(['prod', 'demo', 'master']).default('prod'),
  groupIds: z
    .array(z.string().regex(/^[\w-]{1,60}$/))
    .max(50)
    .default([]),
});
export type ShopContent = z.output<typeof shopContentSchema>;

export const shopViewSchema = shopContentSchema.extend({
  shopId: z.uuid(),
  settings: settingsSchema,
  version: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type ShopView = z.output<typeof shopViewSchema>;

/** A shop as it is kept. Times are epoch milliseconds. */
export interface Shop extends ShopContent {
  shopId: string;
  settings: z.output<typeof settingsSchema>;
  nodeId: string;
  /** Zero until the first box is enrolled. */
  epoch: number;
  version: number;
  createdAt: number;
  updatedAt: number;
}

export function toView({ nodeId: _, epoch: __, ...shop }: Shop): ShopView {
  return {
    ...shop,
    createdAt: new Date(shop.createdAt).toISOString(),
    updatedAt: new Date(shop.updatedAt).toISOString(),
  };
}

/** The shop as its own box reads it. */
export function toShopRow(shop: Shop): ShopRow {
  return {
    id: shop.shopId,
    scope: `shop:${shop.shopId}`,
    name: shop.name,
    currency: shop.currency,
    country: shop.country,
    time_zone: shop.timeZone,
    fiscal_mode: shop.fiscalMode,
    org_number: shop.orgNumber,
    address: shop.address,
    settings: shop.settings,
  };
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
