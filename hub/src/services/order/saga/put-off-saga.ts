import type { SagaContext } from '../order-context.ts';
import { instant, LEASE_MS } from './saga.ts';

/**
 * Puts a saga that is due off by a lease, where nobody has taken it meanwhile: one that fails before it writes would
 * otherwise stand first in its shard for ever, and the sweep would not come to those behind it.
 */
export async function putOffSaga(
  { table, kernel }: SagaContext,
  { shopId, orderId }: { shopId: string; orderId: string },
): Promise<void> {
  const now = kernel.clock.now();
  const saga = await table.getModel('Saga').get({ shopId, orderId }, { consistent: true });
  if (!saga?.dueAt || saga.dueAt > instant(now)) return;
  await table.getModel('Saga').update(
    { shopId, orderId, dueAt: instant(now + LEASE_MS) },
    {
      where: '${version} = @{version} and ${dueAt} = @{before}',
      substitutions: { version: saga.version, before: saga.dueAt },
      return: 'none',
    },
  );
}
