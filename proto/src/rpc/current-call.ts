import { AsyncLocalStorage } from 'node:async_hooks';
import { type CallContext, type CallOptions, DEFAULT_TIMEOUT_MS } from './rpc.ts';

interface CurrentCall extends Pick<CallContext, 'deadlineMs' | 'traceparent'> {
  /** As whom the handler calls others: `service:order`. */
  service: string;
  answered: boolean;
}

const current = new AsyncLocalStorage<CurrentCall>();

/**
 * Runs a handler so that the calls it makes carry on its own: no later deadline than its caller's, its trace, its
 * service as the caller. `service` is the full name: `butik.order.v1.OrderService`.
 */
export function whileAnswering<T>(service: string, context: CallContext, run: () => Promise<T>): Promise<T> {
  const { deadlineMs, traceparent } = context;
  const call: CurrentCall = {
    service: callerOf(service),
    deadlineMs,
    ...(traceparent !== undefined && { traceparent }),
    answered: false,
  };
  return current.run(call, async () => {
    try {
      return await run();
    } finally {
      call.answered = true;
    }
  });
}

/** What a call says of itself, after what the client says and what is being answered at the moment. */
export function completeOptions(options: CallOptions, clientCaller: string | undefined) {
  const answering = callBeingAnswered();
  const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
  const traceparent = options.traceparent ?? answering?.traceparent;
  return {
    caller: options.caller ?? clientCaller ?? answering?.service ?? 'unknown',
    timeoutMs: answering ? Math.min(timeoutMs, answering.deadlineMs - Date.now()) : timeoutMs,
    ...(traceparent !== undefined && { traceparent }),
    ...(signal && { signal }),
  };
}

/** What a handler has set going and left running is no longer on behalf of its caller. */
function callBeingAnswered(): CurrentCall | undefined {
  const call = current.getStore();
  return call?.answered ? undefined : call;
}

/** `service:order` of `butik.order.v1.OrderService`. */
function callerOf(service: string): string {
  return `service:${service.split('.').at(-3) ?? service}`;
}
