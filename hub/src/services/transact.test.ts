import type { Table } from 'dynamodb-onetable';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { transact } from './transact.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A table whose transactions are cancelled for these reasons until the list is empty. */
function tableThatCancels(...cancellations: string[][]): { table: Table; calls: () => number } {
  let calls = 0;
  const table = {
    async transact() {
      calls += 1;
      const reasons = cancellations.shift();
      if (!reasons) return;
      const err = { CancellationReasons: reasons.map((Code) => ({ Code })) };
      throw Object.assign(new Error('cancelled'), { context: { err } });
    },
  };
  return { table: table as unknown as Table, calls: () => calls };
}

async function outcomeOf(table: Table): Promise<unknown> {
  const outcome = transact(table, {}).then(
    () => 'written',
    (error: unknown) => error,
  );
  await vi.runAllTimersAsync();
  return outcome;
}

const CONFLICT = ['None', 'TransactionConflict'];

test('a transaction that meets others is written once they are through', async () => {
  const { table, calls } = tableThatCancels(CONFLICT, CONFLICT);
  expect(await outcomeOf(table)).toBe('written');
  expect(calls()).toBe(3);
});

test('one that meets others every time says that it may be tried again later', async () => {
  const { table, calls } = tableThatCancels(...Array(20).fill(CONFLICT));
  expect(await outcomeOf(table)).toMatchObject({ code: 'SERVICE_UNAVAILABLE', kind: 'unavailable' });
  expect(calls()).toBe(6);
});

test('a condition that fails is thrown as it is, at once', async () => {
  const { table, calls } = tableThatCancels(['ConditionalCheckFailed', 'TransactionConflict']);
  expect(await outcomeOf(table)).toMatchObject({ message: 'cancelled' });
  expect(calls()).toBe(1);
});
