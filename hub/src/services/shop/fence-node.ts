import { createEvent } from '@butik/proto/events/cloud-event';
import { nodeFenced } from '@butik/proto/events/shop';
import { conditionFailed } from '../../kernel/documents/condition-failed.ts';
import { putInOutbox } from '../../kernel/outbox/put-in-outbox.ts';
import { putAudit } from '../audit-entry.ts';
import { transact } from '../transact.ts';
import { getNode } from './get-node.ts';
import { epochKey } from './schema.ts';
import type { ShopContext } from './shop-context.ts';

/** Bars one epoch of a box from syncing, for ever. The first reason stays. Throws NODE_NOT_FOUND. */
export async function fenceNode(
  context: ShopContext,
  { nodeId, epoch, reason }: { nodeId: string; epoch: number; reason: string },
  by: string,
): Promise<void> {
  const { table, kernel } = context;
  const { node, shop } = await getNode(context, { nodeId, epoch });
  if (node.fencedReason !== undefined) return;
  const { shopId } = shop;
  const now = kernel.clock.now();
  const at = new Date(now).toISOString();
  const transaction = {};
  await table
    .getModel('Node')
    .update(
      { nodeId, epochKey: epochKey(epoch), fencedAt: now, fencedReason: reason },
      { transaction, where: 'attribute_not_exists(${fencedReason})' },
    );
  const change = { nodeId, epoch, reason };
  const audit = { subject: `shop#${shopId}`, auditId: kernel.newId(), at, by, action: 'node-fenced', change };
  await putAudit(table, audit, transaction);
  const event = createEvent(nodeFenced, {
    id: kernel.newId(),
    source: 'butik/hub/shop',
    subject: shopId,
    time: at,
    data: { ...change, shopId },
  });
  await putInOutbox(table, event, { transaction });
  try {
    await transact(table, transaction);
  } catch (error) {
    // Somebody else has fenced it in the meantime.
    if (conditionFailed(error, 0)) return;
    throw error;
  }
  context.wake();
}
