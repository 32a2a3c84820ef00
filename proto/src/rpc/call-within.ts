import { ButikError } from '../errors/butik-error.ts';

/**
 * Runs `call` until it answers, the deadline passes (DEADLINE_EXCEEDED) or the caller gives up (CANCELLED).
 * The signal that `call` gets is aborted in the last two cases; its late answer is dropped.
 */
export async function callWithin<T>(
  timeoutMs: number,
  callerSignal: AbortSignal | undefined,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (callerSignal?.aborted) throw new ButikError('CANCELLED');
  if (timeoutMs <= 0) throw new ButikError('DEADLINE_EXCEEDED', { details: { timeoutMs } });
  const ending = new AbortController();
  const { promise: givenUp, reject: giveUp } = Promise.withResolvers<never>();
  const end = (error: ButikError) => {
    giveUp(error);
    ending.abort(error);
  };
  const onCancel = () => end(new ButikError('CANCELLED'));
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
