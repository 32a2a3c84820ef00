import type { SaleLine } from '@butik/proto/facts/sale-recorded';
import type { SagaContext } from '../../order-context.ts';
import type { Saga } from '../saga.ts';
import type { SagaInput } from '../states.ts';

/** What a step calls with, and how long it may take. */
export interface StepCall {
  context: SagaContext;
  saga: Saga;
  /** The order's lines; read only when they are asked for. */
  lines(): Promise<readonly SaleLine[]>;
  options: { timeoutMs: number; signal: AbortSignal };
}

/**
 * A remote call of the saga. It may be made any number of times, since its ids were chosen when the order was made.
 * It answers how the step ended, or `open` when that is not certain yet; it throws what the service throws.
 */
export interface SagaStep {
  name: string;
  /** Less than the lease, so that nobody else takes the saga meanwhile. */
  callTimeoutMs: number;
  call(call: StepCall): Promise<SagaInput | 'open'>;
  /** How long after its beginning the step is given up; without it never. */
  giveUpAfterMs?: number;
  /** Asked once that time is over, without any effect; without it the step is given up unasked. */
  lastLook?(call: StepCall): Promise<SagaInput>;
}
