import { ButikError } from '@butik/proto/errors/butik-error';

export function jobsAway(message: string, cause?: unknown): ButikError {
  return new ButikError('SERVICE_UNAVAILABLE', { message, details: { part: 'jobs' }, cause });
}
