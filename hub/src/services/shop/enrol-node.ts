import { ButikError } from '@butik/proto/errors/butik-error';
import { createEvent } from '@butik/proto/events/cloud-event';
import { nodeEnrolled, nodeFenced } from '@butik/proto/events/shop';
import { conditionFailed } from '../../kernel/documents/condition-failed.ts';
import { putInOutbox } from '../../kernel/outbox/put-in-outbox.ts';
import { putAudit } from '../audit-entry.ts';
import { transact } from '../transact.ts';
import { digestOf } from './create-enrolment-token.ts';
import { getShop } from './get-shop.ts';
import { epochKey } from './schema.ts';
import type { Shop } from './shop.ts';
import type { ShopContext } from './shop-context.ts';

export interface Enrolled {
  nodeId: string;
  epoch: number;
  shop: Shop;
}

const ATTEMPTS = 5;

/**
 * Makes a box the shop's: consumes the token, raises the epoch, keeps the box's key and fences the box
 * before it, in one transaction. Of two boxes with one token one is enrolled.
 * Throws ENROLMENT_TOKEN_INVALID, ENROLMENT_TOKEN_USED, ENROLMENT_TOKEN_EXPIRED.
 */
export async function enrolNode(
  context: ShopContext,
  request: { token: string; publicKeyX: string },
): Promise<Enrolled> {
  for (let attempt = 1; ; attempt++) {
    const enrolled = await tryEnrol(context, request);
    if (enrolled) return enrolled;
    if (attempt === ATTEMPTS) throw new ButikError('SHOP_CHANGED');
  }
}

/** Undefined when another box of the shop was enrolled in between, so that the epoch is another now. */
async function tryEnrol(
  context: ShopContext,
  { token, publicKeyX }: { token: string; publicKeyX: string },
): Promise<Enrolled | undefined> {
  const { table, kernel } = context;
  const digest = digestOf(token);
  const now = kernel.clock.now();
  const shopId = await shopOfToken(context, digest, now);
  const shop = await getShop(context, shopId);
  const { nodeId } = shop;
  const epoch = shop.epoch + 1;
  const transaction = {};
  await table.getModel('EnrolmentToken').update(
    { digest, usedAt: now },
    {
      transaction,
      where: 'attribute_not_exists(${usedAt}) and ${expiresAt} > @{now}',
      substitutions: { now },
    },
  );
  await table
    .getModel('Shop')
    .update(
      { shopId, epoch },
      { transaction, where: '${epoch} = @{before}', substitutions: { before: shop.epoch } },
    );
  const node = { nodeId, epoch, epochKey: epochKey(epoch), shopId, publicKeyX, enrolledAt: now };
  await table.getModel('Node').create(node, { transaction });
  await fenceBefore(context, shop, now, transaction);
  await putInOutbox(table, enrolledEvent(context, shopId, nodeId, epoch, now), { transaction });
  const audit = {
    subject: `shop#${shopId}`,
    auditId: kernel.newId(),
    at: new Date(now).toISOString(),
    by: `node:${nodeId}`,
    action: 'node-enrolled',
    change: { nodeId, epoch, publicKeyX },
  };
  await putAudit(table, audit, transaction);
  try {
    await transact(table, transaction);
  } catch (error) {
    if (conditionFailed(error, 0)) await shopOfToken(context, digest, now);
    if (conditionFailed(error)) return undefined;
    throw error;
  }
  context.wake();
  return { nodeId, epoch, shop };
}

/** The shop that the token is for. Throws when the token cannot be used. */
async function shopOfToken({ table }: ShopContext, digest: string, now: number): Promise<string> {
  const token = await table.getModel('EnrolmentToken').get({ digest }, { consistent: true });
  if (!token) throw new ButikError('ENROLMENT_TOKEN_INVALID');
  if (token.usedAt !== undefined) throw new ButikError('ENROLMENT_TOKEN_USED');
  if (token.expiresAt <= now) throw new ButikError('ENROLMENT_TOKEN_EXPIRED');
  return token.shopId;
}

/** Only the box before can still be unfenced: each one before it was fenced when that one came. */
async function fenceBefore(
  { table, kernel }: ShopContext,
  { shopId, nodeId, epoch }: Shop,
  now: number,
  transaction: object,
): Promise<void> {
  if (epoch === 0) return;
  const before = await table
    .getModel('Node')
    .get({ nodeId, epochKey: epochKey(epoch) }, { consistent: true });
  if (!before || before.fencedReason !== undefined) return;
  const reason = 'replaced';
  await table
    .getModel('Node')
    .update(
      { nodeId, epochKey: epochKey(epoch), fencedAt: now, fencedReason: reason },
      { transaction, where: 'attribute_not_exists(${fencedReason})' },
    );
  const event = createEvent(nodeFenced, {
    id: kernel.newId(),
    source: 'butik/hub/shop',
    subject: shopId,
    time: new Date(now).toISOString(),
    data: { nodeId, shopId, epoch, reason },
  });
  await putInOutbox(table, event, { transaction });
}

function enrolledEvent({ kernel }: ShopContext, shopId: string, nodeId: string, epoch: number, now: number) {
  return createEvent(nodeEnrolled, {
    id: kernel.newId(),
    source: 'butik/hub/shop',
    subject: shopId,
    time: new Date(now).toISOString(),
    data: { nodeId, shopId, epoch },
  });
}
