import { ButikError } from '../errors/butik-error.ts';

/**
 * Runs `call` until it answers, the deadline passes (DEADLINE_EXCEEDED) or the caller gives up (CANCELLED, or the
 * ButikError that it gave as its reason). The signal that `call` gets is aborted in the last two cases, with that
 * error as its reason; its late answer is dropped.
 */
export async function callWithin<T>(
  timeoutMs: number,
  callerSignal: AbortSignal | undefined,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (callerSignal?.aborted) throw reasonOf(callerSignal);
  if (timeoutMs <= 0) throw new ButikError('DEADLINE_EXCEEDED', { details: { timeoutMs } });
  const ending = new AbortController();
  const { promise: givenUp, reject: giveUp } = Promise.withResolvers<never>();
  const end = (error: ButikError) => {
    giveUp(error);
    ending.abort(error);
  };
  const onCancel = () => end(reasonOf(callerSignal));
  const timer = setTimeout(
    () => end(new ButikError('DEADLINE_EXCEEDED', { details: { timeoutMs } })),
    timeoutMs,
  );
  callerSignal?.addEventListener('abort', onCancel, { once: true });
  try {
    return await Promise.race([givenUp, call(ending.signal)]);
  } finally {
    clearTimeout(timer);
    callerSignal?.removeEventListener('abort', onCancel);
  }
}

/** Why a caller gave up: what it said as a ButikError, such as its own deadline; else CANCELLED. */
export function reasonOf(signal: AbortSignal | undefined): ButikError {
  return signal?.reason instanceof ButikError ? signal.reason : new ButikError('CANCELLED');
}
