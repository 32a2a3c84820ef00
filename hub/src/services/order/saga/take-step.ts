import { ButikError } from '@butik/proto/errors/butik-error';
import type { ErrorKind } from '@butik/proto/errors/kinds';
import type { SaleLine } from '@butik/proto/facts/sale-recorded';
import { inSpan } from '@butik/proto/telemetry/span';
import type { SagaContext } from '../order-context.ts';
import { pauseMs } from './backoff.ts';
import { moveSaga } from './move-saga.ts';
import { instant, type Saga } from './saga.ts';
import { STUCK_AFTER_MS } from './saga-metrics.ts';
import { accepts, type RemoteState, type SagaInput } from './states.ts';
import type { SagaStep } from './steps/saga-step.ts';
import { STEPS } from './steps/steps.ts';
import { writeSaga } from './write-saga.ts';

/** `rests`: it is not to be gone on with now. `saga` is null when somebody else changed it. */
export interface StepTaken {
  saga: Saga | null;
  rests: boolean;
}

type Outcome =
  | { input: SagaInput; reason: string | undefined }
  /** Not settled: `error` is what it met, undefined while the other side has not decided. */
  | { again: true; error?: unknown };

/** Kinds of error by which a service says that the answer will not change. */
const REFUSALS: ReadonlySet<ErrorKind> = new Set([
  'invalid',
  'not-found',
  'exists',
  'conflict',
  'precondition',
]);
const MAX_ERROR_CHARACTERS = 500;

/**
 * Takes the step in which the saga is once, and writes what became of it. What the call did stays done when the
 * write is lost: whoever takes the step again finds it.
 */
export async function takeStep(
  context: SagaContext,
  saga: Saga & { state: RemoteState },
  lines: () => Promise<readonly SaleLine[]>,
  signal: AbortSignal,
): Promise<StepTaken> {
  const step = STEPS[saga.state];
  const { orderId, shopId, traceparent } = saga;
  const attributes = {
    'butik.order_id': orderId,
    'butik.shop_id': shopId,
    'butik.attempt': saga.attempts + 1,
  };
  return await inSpan(`saga ${step.name}`, { attributes, traceparent }, async () => {
    const began = performance.now();
    const outcome = await callOnce(context, step, saga, lines, signal);
    const seconds = (performance.now() - began) / 1000;
    // The process is closing: the next one takes the step again, and finds what this call did.
    if (signal.aborted && 'again' in outcome) return { saga: null, rests: true };
    const taken = await write(context, step, saga, outcome);
    context.metrics.took(step.name, taken.saga === null ? 'lost' : nameOf(outcome), seconds);
    return taken;
  });
}

async function callOnce(
  context: SagaContext,
  step: SagaStep,
  saga: Saga,
  lines: () => Promise<readonly SaleLine[]>,
  signal: AbortSignal,
): Promise<Outcome> {
  const call = { context, saga, lines, options: { timeoutMs: step.callTimeoutMs, signal } };
  try {
    const late = context.kernel.clock.now() >= giveUpAt(step, saga);
    const input = late ? ((await step.lastLook?.(call)) ?? 'timed-out') : await step.call(call);
    return input === 'open' ? { again: true } : { input, reason: reasonOf(step, input) };
  } catch (error) {
    const refused = error instanceof ButikError && REFUSALS.has(error.kind) && accepts(saga.state, 'refused');
    return refused ? { input: 'refused', reason: error.code } : { again: true, error };
  }
}

/** Why the order is cancelled by this; nothing where it goes on. A refusal has the code of its error. */
function reasonOf(step: SagaStep, input: SagaInput): string | undefined {
  if (input === 'timed-out') return `${step.name.toUpperCase()}_TIMED_OUT`;
  return input === 'unpaid' ? 'PAYMENT_FAILED' : undefined;
}

async function write(context: SagaContext, step: SagaStep, saga: Saga, outcome: Outcome): Promise<StepTaken> {
  if ('input' in outcome) return { saga: await moveSaga(context, saga, outcome), rests: false };
  const now = context.kernel.clock.now();
  const { error } = outcome;
  if (error !== undefined) tell(context, step, saga, error);
  const pause = pauseMs(saga, error === undefined, Math.random());
  const next = {
    ...saga,
    version: saga.version + 1,
    attempts: saga.attempts + 1,
    dueAt: instant(Math.max(now, Math.min(now + pause, giveUpAt(step, saga)))),
    lastError: error === undefined ? undefined : textOf(error),
  };
  return { saga: (await writeSaga(context, next)) ? next : null, rests: true };
}

function tell({ kernel }: SagaContext, step: SagaStep, saga: Saga, err: unknown): void {
  const { orderId, shopId, attempts, since } = saga;
  const about = { err, orderId, shopId, step: step.name, attempts: attempts + 1 };
  if (kernel.clock.now() - since > STUCK_AFTER_MS) {
    kernel.logger.error(about, 'saga: a step has not come through for more than 15 minutes');
  } else {
    kernel.logger.warn(about, 'saga: a step failed and is taken again');
  }
}

/** Epoch milliseconds; Infinity for a step that is never given up. */
function giveUpAt({ giveUpAfterMs = Number.POSITIVE_INFINITY }: SagaStep, { since }: Saga): number {
  return since + giveUpAfterMs;
}

function nameOf(outcome: Outcome): string {
  if ('input' in outcome) return outcome.input;
  return outcome.error === undefined ? 'open' : 'failed';
}

function textOf(error: unknown): string {
  const text = error instanceof ButikError ? `${error.code}: ${error.message}` : String(error);
  return text.slice(0, MAX_ERROR_CHARACTERS);
}
