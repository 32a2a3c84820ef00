import { ButikError } from '@butik/proto/errors/butik-error';
import type { z } from 'zod';
import { getShop } from './get-shop.ts';
import type { Shop, ShopContent, settingsSchema } from './shop.ts';
import type { ShopContext } from './shop-context.ts';
import { writeShop } from './write-shop.ts';

export interface ChangeOptions {
  /** The version that was read; without one the change is made on the latest. */
  version?: number | undefined;
  by: string;
}

/** Replaces a shop's content; its settings stay. Throws SHOP_NOT_FOUND, SHOP_CHANGED. */
export async function updateShop(
  context: ShopContext,
  shopId: string,
  content: ShopContent,
  options: ChangeOptions,
): Promise<Shop> {
  return await change(context, shopId, content, { ...options, action: 'changed' });
}

/** Replaces a shop's settings. Throws SHOP_NOT_FOUND, SHOP_CHANGED. */
export async function setSettings(
  context: ShopContext,
  shopId: string,
  settings: z.output<typeof settingsSchema>,
  options: ChangeOptions,
): Promise<Shop> {
  return await change(context, shopId, { settings }, { ...options, action: 'settings-set' });
}

async function change(
  context: ShopContext,
  shopId: string,
  changed: Partial<Shop>,
  { version, by, action }: ChangeOptions & { action: string },
): Promise<Shop> {
  const before = await getShop(context, shopId);
  if (version !== undefined && version !== before.version) {
    throw new ButikError('SHOP_CHANGED', { details: { shopId, version: before.version } });
  }
  const updatedAt = context.kernel.clock.now();
  const shop = { ...before, ...changed, version: before.version + 1, updatedAt };
  await writeShop(context, shop, { expectedVersion: before.version, by, action, change: changed });
  return shop;
}
