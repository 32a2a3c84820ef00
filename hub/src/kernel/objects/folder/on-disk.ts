import { ButikError } from '@butik/proto/errors/butik-error';

/** Runs work on the folder; what the disk or the system refuses is SERVICE_UNAVAILABLE. */
export async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ButikError ? error : diskFailure(error);
  }
}

export function diskFailure(cause: unknown): ButikError {
  const message = `The folder of files cannot be used: ${(cause as NodeJS.ErrnoException).code ?? cause}`;
  return new ButikError('SERVICE_UNAVAILABLE', { message, details: { part: 'objects' }, cause });
}

export function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
