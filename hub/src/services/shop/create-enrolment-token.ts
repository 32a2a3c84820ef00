import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { putAudit } from '../audit-entry.ts';
import { transact } from '../transact.ts';
import { getShop } from './get-shop.ts';
import type { ShopContext } from './shop-context.ts';

export const enrolmentTokenSchema = z.object({ token: z.string(), expiresAt: z.iso.datetime() });

const TOKEN_BYTES = 24;
const LIFE_MS = 10 * 60_000;

/**
 * A token that enrols one box as this shop's, once, within ten minutes. It has 192 random bits and is shown
 * here only; its digest is kept. Throws SHOP_NOT_FOUND.
 */
export async function createEnrolmentToken(
  context: ShopContext,
  shopId: string,
  by: string,
): Promise<z.output<typeof enrolmentTokenSchema>> {
  const { table, kernel } = context;
  await getShop(context, shopId);
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const createdAt = kernel.clock.now();
  const expiresAt = createdAt + LIFE_MS;
  const transaction = {};
  const digest = digestOf(token);
  await table.getModel('EnrolmentToken').create({ digest, shopId, createdAt, expiresAt }, { transaction });
  const audit = {
    subject: `shop#${shopId}`,
    auditId: kernel.newId(),
    at: new Date(createdAt).toISOString(),
    by,
    action: 'enrolment-token-made',
    change: { digest, expiresAt },
  };
  await putAudit(table, audit, transaction);
  await transact(table, transaction);
  return { token, expiresAt: new Date(expiresAt).toISOString() };
}

export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
