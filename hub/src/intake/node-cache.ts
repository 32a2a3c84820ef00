import { ButikError } from '@butik/proto/errors/butik-error';
import { type CryptoKey, importJWK } from 'jose';
import type { Clock } from '../kernel/clock.ts';
import type { ServiceClients } from '../kernel/service.ts';

export interface KnownNode {
  shopId: string;
  groupIds: string[];
  /** Empty while the box may sync. */
  fencedReason: string;
  key: CryptoKey;
}

/** How long the shop service's word on a box is believed: a fence takes effect within this time. */
const BELIEVED_MS = 5_000;
const MAX_NODES = 10_000;

/** The boxes that asked lately, as the shop service knows them. */
export function createNodeCache(clients: Pick<ServiceClients, 'shop'>, clock: Clock) {
  const entries = new Map<string, { until: number; node: Promise<KnownNode> }>();

  return {
    /** Throws NODE_TOKEN_INVALID for a box that is not enrolled. */
    get(nodeId: string, epoch: number): Promise<KnownNode> {
      const id = `${nodeId}.${epoch}`;
      const held = entries.get(id);
      const now = clock.now();
      if (held && now < held.until && now >= held.until - BELIEVED_MS) return held.node;
      const node = ask(clients, nodeId, epoch);
      entries.delete(id);
      entries.set(id, { until: now + BELIEVED_MS, node });
      node.catch(() => entries.delete(id));
      if (entries.size > MAX_NODES) entries.delete(entries.keys().next().value!);
      return node;
    },
    forget(nodeId: string, epoch: number): void {
      entries.delete(`${nodeId}.${epoch}`);
    },
  };
}

async function ask(clients: Pick<ServiceClients, 'shop'>, nodeId: string, epoch: number): Promise<KnownNode> {
  try {
    const node = await clients.shop.getNode({ nodeId, epoch }, { caller: 'service:intake' });
    const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: node.publicKeyX }, 'EdDSA');
    if (key instanceof Uint8Array) throw new TypeError('not a public key');
    return { shopId: node.shopId, groupIds: node.groupIds, fencedReason: node.fencedReason, key };
  } catch (error) {
    if (!(error instanceof ButikError) || error.code !== 'NODE_NOT_FOUND') throw error;
    throw new ButikError('NODE_TOKEN_INVALID', {
      details: { reason: 'no such box is enrolled' },
      cause: error,
    });
  }
}
