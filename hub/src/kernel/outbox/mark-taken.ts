import type { Table } from 'dynamodb-onetable';
import { conditionFailed } from '../documents/condition-failed.ts';
import type { Transaction } from './outbox-models.ts';

/**
 * Adds to the transaction of an event's effect that `consumer` has taken the event. When it had taken it
 * before, the whole transaction is refused; `wasTaken` tells that refusal from others.
 */
export async function markTaken(
  table: Table,
  consumer: string,
  eventId: string,
  { transaction }: { transaction: Transaction },
): Promise<void> {
  await table.create('InboxEntry', { consumer, eventId }, { transaction });
}

/** Whether the transaction was refused because its event was taken before: then its effect is there already. */
export function wasTaken(thrown: unknown, transaction: Transaction): boolean {
  const { TransactItems: writes = [] } = transaction as { TransactItems?: TransactWrite[] };
  const position = writes.findIndex(({ Put }) => Put?.Item?.pk?.S?.startsWith('inbox#'));
  return position >= 0 && conditionFailed(thrown, position);
}

interface TransactWrite {
  Put?: { Item?: { pk?: { S?: string } } };
}
