import { ButikError } from '@butik/proto/errors/butik-error';

/** Runs `run` for `ms` at most: then its signal is aborted, and DEADLINE_EXCEEDED thrown whether or not it ends. */
export async function withinTime(ms: number, run: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new ButikError('DEADLINE_EXCEEDED', { details: { part: 'jobs', timeoutMs: ms } });
    controller.abort(error);
    late.reject(error);
  }, ms);
  try {
    await Promise.race([run(controller.signal), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
