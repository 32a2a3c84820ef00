import { setTimeout as wait } from 'node:timers/promises';
import { ButikError } from '@butik/proto/errors/butik-error';
import { callWithin } from '@butik/proto/rpc/call-within';
import { systemClock } from '../clock.ts';
import { isRemoteFailure, outcomeOf } from './call-outcome.ts';
import { createGate } from './gate.ts';
import type { Guard } from './guard.ts';
import { guardMetrics } from './guard-metrics.ts';
import { GUARD_DEFAULTS, type GuardOptions } from './guard-options.ts';
import { nextPause } from './next-pause.ts';
import { createRetryBudget } from './retry-budget.ts';

/**
 * The guard of one remote system; make one and share it among all who call that system. An attempt goes through the
 * bulkhead, then the circuit; between attempts neither is held.
 */
export function createGuard(options: GuardOptions): Guard {
  const { name, clock = systemClock, random = Math.random } = options;
  const { attempts, backoff, retryBudget, timeoutMs: usualTimeoutMs } = { ...GUARD_DEFAULTS, ...options };
  const metrics = guardMetrics(options.metrics, name);
  const budget = createRetryBudget(retryBudget, clock);
  const gate = createGate(options, metrics);

  async function tryUntil<T>(
    deadlineMs: number,
    call: (signal: AbortSignal) => Promise<T>,
    idempotent: boolean,
    signal: AbortSignal,
  ): Promise<T> {
    let pauseMs = backoff.minMs;
    let failure: unknown;
    for (let attempt = 1; ; attempt++) {
      try {
        return await gate.pass(async () => {
          const leftMs = deadlineMs - performance.now();
          return await callWithin(Math.min(leftMs, options.attemptTimeoutMs ?? leftMs), signal, call);
        }, signal);
      } catch (error) {
        // What the remote said to the attempt before tells more than that there was no second one.
        if (gate.refusal(error)) throw failure ?? error;
        failure = error;
        if (!idempotent || attempt >= attempts || signal.aborted || !isRemoteFailure(error)) throw error;
        pauseMs = nextPause(pauseMs, backoff, random);
        if (deadlineMs - performance.now() <= pauseMs) throw error;
        if (!budget.take()) {
          metrics.retryDenied();
          throw error;
        }
        await wait(pauseMs, undefined, { signal }).catch(() => {
          throw signal.reason;
        });
        metrics.retried();
      }
    }
  }

  return {
    async run(call, { idempotent = true, timeoutMs = usualTimeoutMs, signal } = {}) {
      const startMs = performance.now();
      budget.onCall();
      try {
        const answer = await callWithin(timeoutMs, signal, (ending) =>
          tryUntil(startMs + timeoutMs, call, idempotent, ending),
        );
        metrics.called('ok', (performance.now() - startMs) / 1_000);
        return answer;
      } catch (error) {
        metrics.called(gate.refusal(error) ?? outcomeOf(error), (performance.now() - startMs) / 1_000);
        throw gate.refusal(error) ? unavailable(name, error) : error;
      }
    },
  };
}

function unavailable(name: string, cause: unknown): ButikError {
  return new ButikError('SERVICE_UNAVAILABLE', {
    message: `${name} is not asked at the moment: ${(cause as Error).message}`,
    details: { part: name },
    cause,
  });
}
