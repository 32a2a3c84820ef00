import type { SaleLine } from '@butik/proto/facts/sale-recorded';
import type { SagaContext } from './order-context.ts';

/** An order's lines, in the order in which they were written. */
export async function readLines(
  { table }: Pick<SagaContext, 'table'>,
  { shopId, orderId }: { shopId: string; orderId: string },
): Promise<SaleLine[]> {
  const parts = await table
    .getModel('OrderLines')
    .find({ shopId, orderId, sk: { begins: 'lines#' } }, { consistent: true });
  return parts.flatMap((part) => part.lines as SaleLine[]);
}
