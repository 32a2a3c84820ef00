import { ButikError } from '@butik/proto/errors/butik-error';
import type { ShopServiceDefinition } from '@butik/proto/gen/butik/shop/v1/shop';
import type { RpcHandlers } from '@butik/proto/rpc/rpc';
import { enrolNode } from './enrol-node.ts';
import { fenceNode } from './fence-node.ts';
import { getNode } from './get-node.ts';
import { getShop } from './get-shop.ts';
import type { Shop } from './shop.ts';
import type { ShopContext } from './shop-context.ts';

/** An Ed25519 public key is 32 bytes: 43 characters of base64url. */
const PUBLIC_KEY = /^[A-Za-z0-9_-]{43}$/;
const MAX_REASON = 300;

/** What other services, the intake and the feed ask of this one. */
export function shopHandlers(context: ShopContext): RpcHandlers<ShopServiceDefinition> {
  return {
    getStoreInfo: async ({ shopId }) => toStoreInfo(await getShop(context, shopId)),

    async enrolNode({ token, publicKeyX }) {
      if (!PUBLIC_KEY.test(publicKeyX))
        throw invalid('publicKeyX', 'Send the 32 bytes of an Ed25519 key as base64url.');
      const { nodeId, epoch, shop } = await enrolNode(context, { token, publicKeyX });
      return { nodeId, epoch, shop: toStoreInfo(shop) };
    },

    async getNode({ nodeId, epoch }) {
      const { node, shop } = await getNode(context, { nodeId, epoch });
      return {
        nodeId,
        epoch,
        shopId: shop.shopId,
        groupIds: shop.groupIds,
        publicKeyX: node.publicKeyX,
        fencedReason: node.fencedReason ?? '',
      };
    },

    async fenceNode({ nodeId, epoch, reason }, { caller }) {
      if (reason === '') throw invalid('reason', 'Say why the box is fenced.');
      await fenceNode(context, { nodeId, epoch, reason: reason.slice(0, MAX_REASON) }, caller);
      return {};
    },
  };
}

function toStoreInfo({ shopId, name, currency, country, timeZone, fiscalMode, groupIds }: Shop) {
  return { shopId, name, currency, country, timeZone, fiscalMode, groupIds };
}

function invalid(path: string, message: string): ButikError {
  return new ButikError('REQUEST_INVALID', { details: { fields: [{ path, message }] } });
}
