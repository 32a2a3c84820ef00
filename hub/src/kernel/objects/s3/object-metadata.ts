import { ButikError } from '@butik/proto/errors/butik-error';
import type { ObjectInfo } from '../objects.ts';

/** Kept with the content as S3's user metadata, whose names are in small letters. */
export function metadataOf({
  sha256,
  storedAt,
}: Pick<ObjectInfo, 'sha256' | 'storedAt'>): Record<string, string> {
  return { sha256, 'stored-at': storedAt };
}

/** Throws INTERNAL for an object that somebody else put there, without what Butik keeps with it. */
export function infoOf(
  key: string,
  answer: {
    ContentLength?: number | undefined;
    ContentType?: string | undefined;
    Metadata?: Record<string, string> | undefined;
  },
): ObjectInfo {
  const { sha256, 'stored-at': storedAt } = answer.Metadata ?? {};
  if (sha256 === undefined || storedAt === undefined) {
    throw new ButikError('INTERNAL', { message: `Not put there by Butik: ${key}`, details: { key } });
  }
  const contentType = answer.ContentType ?? 'application/octet-stream';
  return { key, bytes: answer.ContentLength ?? 0, contentType, sha256, storedAt };
}
