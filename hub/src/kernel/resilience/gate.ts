import { AsyncLocalStorage } from 'node:async_hooks';
import { ButikError } from '@butik/proto/errors/butik-error';
import {
  BrokenCircuitError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  isBrokenCircuitError,
  isBulkheadRejectedError,
  SamplingBreaker,
} from 'cockatiel';
import { isRemoteFailure } from './call-outcome.ts';
import type { GuardMetrics } from './guard-metrics.ts';
import { type BreakerOptions, GUARD_DEFAULTS, type GuardOptions } from './guard-options.ts';

/** Of the usual time: a call that was given less and ran out of it says nothing of the remote. */
const FAIR_SHARE = 0.1;

/** What an attempt has to pass to reach the remote: a free place, then a closed circuit. */
export interface Gate {
  /** Throws errors that `refusal` knows when the attempt is not let through. */
  pass<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T>;
  refusal(error: unknown): 'circuit_open' | 'bulkhead_full' | undefined;
}

export function createGate(options: GuardOptions, metrics: GuardMetrics): Gate {
  const { name, logger } = options;
  const { breaker: breakerOptions, bulkhead: places, timeoutMs } = { ...GUARD_DEFAULTS, ...options };
  const breaker = circuitBreaker(
    // A probe that proves nothing fails: the library would take what it does not handle for a success.
    handleWhen((error) => error instanceof Failure || breaker.state === CircuitState.HalfOpen),
    { halfOpenAfter: breakerOptions.openForMs, breaker: breakerOf(breakerOptions) },
  );
  const queue = bulkhead(places.concurrent, places.queued);

  breaker.onBreak((reason) => {
    metrics.circuit('open');
    const err = reason && 'error' in reason ? (reason.error as Unanswered).cause : undefined;
    const { openForMs } = breakerOptions;
    logger.warn({ remote: name, openForMs, err }, 'circuit open: calls are refused');
  });
  breaker.onHalfOpen(() => metrics.circuit('half-open'));
  breaker.onReset(() => {
    metrics.circuit('closed');
    logger.info({ remote: name }, 'circuit closed: calls are made again');
  });

  const count = () =>
    metrics.bulkhead(places.concurrent - queue.executionSlots, places.queued - queue.queueSlots);

  async function throughCircuit<T>(attempt: () => Promise<T>): Promise<T> {
    count();
    // While a probe is under way the library would let the others wait for it; they are better told at once.
    if (breaker.state === CircuitState.HalfOpen) throw new BrokenCircuitError();
    const startMs = performance.now();
    const verdictOn = (error: unknown) => {
      const hurried = performance.now() - startMs < timeoutMs * FAIR_SHARE;
      if (isCancelled(error) || (isTimeout(error) && hurried)) throw new Inconclusive('', { cause: error });
      if (isRemoteFailure(error)) throw new Failure('', { cause: error });
      return { error }; // A remote that says no is well: to the circuit that is a success.
    };
    const answer = await breaker
      .execute(() => attempt().then((value) => ({ value }), verdictOn))
      .catch((thrown: unknown) => {
        throw thrown instanceof Unanswered ? thrown.cause : thrown;
      });
    if ('error' in answer) throw answer.error;
    return answer.value;
  }

  return {
    async pass(attempt, signal) {
      try {
        // Whoever gives its place free starts the next in line, which has to keep its own trace and deadline.
        const inOwnContext = AsyncLocalStorage.bind(() => throughCircuit(attempt));
        const done = queue.execute(inOwnContext, signal);
        count();
        return await done;
      } finally {
        count();
      }
    },
    refusal(error) {
      if (isBrokenCircuitError(error)) return 'circuit_open';
      return isBulkheadRejectedError(error) ? 'bulkhead_full' : undefined;
    },
  };
}

/** Tell the circuit what an error means; the error itself is the cause. */
class Unanswered extends Error {}
class Failure extends Unanswered {}
class Inconclusive extends Unanswered {}

const isCancelled = (error: unknown) => error instanceof ButikError && error.code === 'CANCELLED';
const isTimeout = (error: unknown) => error instanceof ButikError && error.code === 'DEADLINE_EXCEEDED';

function breakerOf(options: BreakerOptions) {
  if ('consecutiveFailures' in options) return new ConsecutiveBreaker(options.consecutiveFailures);
  const { failureShare, windowMs, minimumCalls } = options;
  return new SamplingBreaker({
    threshold: failureShare,
    duration: windowMs,
    minimumRps: minimumCalls / (windowMs / 1_000),
  });
}
