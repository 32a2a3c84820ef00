import { ButikError } from '@butik/proto/errors/butik-error';
import type { Database } from 'better-sqlite3';
import type { Identity } from '../provisioning/identity.ts';
import { asStoreError } from './database.ts';

/**
 * Makes a new store this identity's for good, and checks that any other one is: under another identity its
 * facts would be sent in the name of a box that did not write them. Throws STORE_FOREIGN.
 */
export function bindStore(db: Database, { nodeId, epoch, shop }: Identity): void {
  const owner = readOwner(db);
  if (owner === undefined) {
    write(db, nodeId, epoch, shop.shopId);
    return;
  }
  if (owner.node === nodeId && owner.epoch === epoch && owner.shopId === shop.shopId) return;
  const found = { node: nodeId, epoch, shopId: shop.shopId };
  throw new ButikError('STORE_FOREIGN', { details: { store: owner, identity: found } });
}

function readOwner(db: Database): { node: string; epoch: number; shopId: string } | undefined {
  return db
    .prepare<[], { node: string; epoch: number; shopId: string }>(
      'SELECT node, epoch, shop_id AS shopId FROM store_owner',
    )
    .get();
}

function write(db: Database, node: string, epoch: number, shopId: string): void {
  try {
    db.prepare('INSERT INTO store_owner (id, node, epoch, shop_id) VALUES (1, ?, ?, ?)').run(
      node,
      epoch,
      shopId,
    );
  } catch (error) {
    throw asStoreError(error);
  }
}
