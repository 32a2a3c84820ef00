import type { SagaContext } from '../order-context.ts';
import { instant, SHARDS } from './saga.ts';
import type { SagaRunner } from './saga-runner.ts';

/** How often sagas are looked for that are due: those that wait, and those whose process is gone. */
export const SWEEP = { name: 'order.sweep', everyMs: 1_000, timeoutMs: 10_000 } as const;

const MAX_A_SHARD = 50;

/** Hands the sagas that are due to the runner, those that have waited longest first, as many as it has room for. */
export async function sweepSagas({ table, kernel }: SagaContext, runner: SagaRunner): Promise<void> {
  const limit = Math.min(MAX_A_SHARD, Math.ceil(runner.room() / SHARDS.length));
  if (limit === 0) return;
  const due: [string, string] = ['0', instant(kernel.clock.now())];
  const shards = await Promise.all(
    SHARDS.map((shard) =>
      table.getModel('Saga').find({ shard, gs1sk: { between: due } }, { index: 'gs1', limit, maxPages: 1 }),
    ),
  );
  const sagas = shards.flat().sort((a, b) => ((a.dueAt ?? '') < (b.dueAt ?? '') ? -1 : 1));
  for (const { shopId, orderId } of sagas) runner.look({ shopId, orderId }, { whenDue: true });
}
