import type { Logger } from 'pino';

/** Tells of an error that BullMQ reports. A broken line breaks for every queue, and is told of where it is opened. */
export function logBullmqError(logger: Pick<Logger, 'warn'>, queue: string): (error: Error) => void {
  return (error) => {
    if (!('syscall' in error)) logger.warn({ err: error, queue }, 'jobs: BullMQ reports an error');
  };
}
