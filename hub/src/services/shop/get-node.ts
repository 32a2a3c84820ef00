import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';
import { getShop } from './get-shop.ts';
import { epochKey } from './schema.ts';
import type { ShopContext } from './shop-context.ts';

export const nodeViewSchema = z.object({
  nodeId: z.uuid(),
  epoch: z.int().positive(),
  publicKeyX: z.string(),
  enrolledAt: z.iso.datetime(),
  fencedAt: z.iso.datetime().nullable(),
  fencedReason: z.string().nullable(),
});
export type NodeView = z.output<typeof nodeViewSchema>;

/** The identity of one epoch of a box, with its shop. Throws NODE_NOT_FOUND. */
export async function getNode(context: ShopContext, { nodeId, epoch }: { nodeId: string; epoch: number }) {
  const node = await context.table
    .getModel('Node')
    .get({ nodeId, epochKey: epochKey(epoch) }, { consistent: true });
  if (!node) throw new ButikError('NODE_NOT_FOUND', { details: { nodeId, epoch } });
  const shop = await getShop(context, node.shopId);
  return { node, shop };
}

/** The boxes that a shop has had, the latest first. Throws SHOP_NOT_FOUND. */
export async function listNodes(context: ShopContext, shopId: string): Promise<NodeView[]> {
  const { nodeId } = await getShop(context, shopId);
  const nodes = await context.table.getModel('Node').find({ nodeId }, { reverse: true, limit: MAX_NODES });
  return nodes.map((node) => ({
    nodeId,
    epoch: node.epoch,
    publicKeyX: node.publicKeyX,
    enrolledAt: new Date(node.enrolledAt).toISOString(),
    fencedAt: node.fencedAt === undefined ? null : new Date(node.fencedAt).toISOString(),
    fencedReason: node.fencedReason ?? null,
  }));
}

const MAX_NODES = 200;
