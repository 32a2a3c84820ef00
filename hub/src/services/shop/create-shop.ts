import { isDeepStrictEqual } from 'node:util';
import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';
import { getShop } from './get-shop.ts';
import { type Shop, settingsSchema, shopContentSchema } from './shop.ts';
import type { ShopContext } from './shop-context.ts';
import { writeShop } from './write-shop.ts';

export const createShopSchema = shopContentSchema.extend({
  /** Chosen by the caller, so that a repeated request makes one shop; made here otherwise. */
  shopId: z.uuid().optional(),
  settings: settingsSchema.default({}),
});

/** Makes a shop. The same request again, with the same `shopId`, answers with what is there. Throws SHOP_EXISTS. */
export async function createShop(
  context: ShopContext,
  request: z.output<typeof createShopSchema>,
  by: string,
): Promise<{ shop: Shop; made: boolean }> {
  const { newId, clock } = context.kernel;
  const { shopId = newId(), ...content } = request;
  const now = clock.now();
  const shop: Shop = {
    ...content,
    shopId,
    nodeId: newId(),
    epoch: 0,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  try {
    await writeShop(context, shop, { expectedVersion: null, by, action: 'created', change: content });
    return { shop, made: true };
  } catch (error) {
    if (!(error instanceof ButikError) || error.code !== 'SHOP_EXISTS') throw error;
    const there = await getShop(context, shopId);
    if (!isDeepStrictEqual(contentOf(there), contentOf(shop))) throw error;
    return { shop: there, made: false };
  }
}

function contentOf({
  nodeId: _,
  epoch: __,
  version: ___,
  createdAt: ____,
  updatedAt: _____,
  ...content
}: Shop) {
  return content;
}
