import type { SaleLine } from '@butik/proto/facts/sale-recorded';
import type { SagaContext } from '../order-context.ts';
import { readLines } from '../read-lines.ts';
import { instant, type Saga } from './saga.ts';
import { hasEnded, type RemoteState } from './states.ts';
import { takeStep } from './take-step.ts';

/** The longest way through the table is six steps; more than this would be a circle. */
const MAX_STEPS = 20;

/**
 * Takes step after step until the saga has ended, has to wait, is changed by somebody else, or the
 * process leaves it.
 * Without `known` it is read first; `whenDue` leaves it alone while somebody else has it.
 */
export async function runSaga(
  context: SagaContext,
  work: {
    key: { shopId: string; orderId: string };
    known?: { saga: Saga; lines: readonly SaleLine[] | undefined };
    whenDue: boolean;
  },
  signal: AbortSignal,
): Promise<void> {
  const lines = async () => work.known?.lines ?? (await readLines(context, work.key));
  let saga = work.known?.saga ?? (await readDue(context, work));
  for (let taken = 0; taken < MAX_STEPS && isOpen(saga) && !signal.aborted; taken++) {
    const step = await takeStep(context, saga, lines, signal);
    if (step.rests) return;
    saga = step.saga;
  }
}

async function readDue(
  { table, kernel }: SagaContext,
  { key, whenDue }: { key: { shopId: string; orderId: string }; whenDue: boolean },
): Promise<Saga | null> {
  const saga = await table.getModel('Saga').get(key, { consistent: true });
  if (!saga?.dueAt) return null;
  return whenDue && saga.dueAt > instant(kernel.clock.now()) ? null : saga;
}

function isOpen(saga: Saga | null): saga is Saga & { state: RemoteState } {
  return saga !== null && !hasEnded(saga.state);
}
