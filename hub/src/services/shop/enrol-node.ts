import { ButikError } from '@butik/proto/errors/butik-error';
import { createEvent } from '@butik/proto/events/cloud-event';
import { nodeEnrolled, nodeFenced } from '@butik/proto/events/shop';
import { conditionFailed } from '../../kernel/documents/condition-failed.ts';
import { putInOutbox } from '../../kernel/outbox/put-in-outbox.ts';
import { putAudit } from '../audit-entry.ts';
import { transact } from '../transact.ts';
import { digestOf } from './create-enrolment-token.ts';
import { getNode } from './get-node.ts';
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
/** How long after a token's expiry its box may still ask for an answer that was lost on the way. */
const REPEAT_MS = 24 * 60 * 60_000;

/**
 * Makes a box the shop's: consumes the token, raises the epoch, keeps the box's key and fences the box
 * before it, in one transaction. Of two boxes with one token one is enrolled; asked again by that one,
 * known by its key, the answer is the same.
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

/** Undefined when this or another token of the shop was used in between: then all is to be read again. */
async function tryEnrol(
  context: ShopContext,
  request: { token: string; publicKeyX: string },
): Promise<Enrolled | undefined> {
  const { table, kernel } = context;
  const { publicKeyX } = request;
  const digest = digestOf(request.token);
  const now = kernel.clock.now();
  const token = await findToken(context, digest);
  if (token.usedAt !== undefined) return await enrolledBefore(context, token, publicKeyX, now);
  if (token.expiresAt <= now) throw new ButikError('ENROLMENT_TOKEN_EXPIRED');
  const { shopId } = token;
  const shop = await getShop(context, shopId);
  const { nodeId } = shop;
  const epoch = shop.epoch + 1;
  const transaction = {};
  await table.getModel('EnrolmentToken').update(
    { digest, usedAt: now, publicKeyX, epoch },
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
    if (conditionFailed(error)) return undefined;
    throw error;
  }
  context.wake();
  return { nodeId, epoch, shop };
}

async function findToken({ table }: ShopContext, digest: string) {
  const token = await table.getModel('EnrolmentToken').get({ digest }, { consistent: true });
  if (!token) throw new ButikError('ENROLMENT_TOKEN_INVALID');
  return token;
}

/** What the box with this key was told. Throws ENROLMENT_TOKEN_USED to any other, late, or by now fenced one. */
async function enrolledBefore(
  context: ShopContext,
  token: Awaited<ReturnType<typeof findToken>>,
  publicKeyX: string,
  now: number,
): Promise<Enrolled> {
  const { epoch, shopId } = token;
  if (epoch === undefined || token.publicKeyX !== publicKeyX || token.expiresAt + REPEAT_MS <= now) {
    throw new ButikError('ENROLMENT_TOKEN_USED');
  }
  const { nodeId } = await getShop(context, shopId);
  const { node, shop } = await getNode(context, { nodeId, epoch });
  if (node.fencedReason !== undefined) throw new ButikError('ENROLMENT_TOKEN_USED');
  return { nodeId, epoch, shop };
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
