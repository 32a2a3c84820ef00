import { ButikError } from '@butik/proto/errors/butik-error';
import type { ShapeAnswer } from './shapes/answer.ts';

/** Longer than Electric holds a live request. */
const TIMEOUT_MS = 60_000;

/** What of Electric's answer is the protocol; hop-by-hop headers and its encoding stay behind. */
const HEADERS = /^(electric-.*|etag|content-type|retry-after)$/;

/**
 * Asks an Electric service. Throws SERVICE_UNAVAILABLE when it does not answer; its
 * own 4xx and 5xx answers are passed on as they are, for the client knows them.
 */
export async function forwardToElectric(
  electricUrl: string,
  query: URLSearchParams,
  { ifNoneMatch, signal }: { ifNoneMatch: string | null; signal: AbortSignal },
): Promise<ShapeAnswer> {
  const url = new URL('v1/shape', electricUrl.endsWith('/') ? electricUrl : `${electricUrl}/`);
  url.search = query.toString();
  try {
    const response = await fetch(url, {
      headers: ifNoneMatch === null ? {} : { 'if-none-match': ifNoneMatch },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const body = Buffer.from(await response.arrayBuffer());
    const headers = Object.fromEntries([...response.headers].filter(([name]) => HEADERS.test(name)));
    return { status: response.status, headers, body: body.length === 0 ? null : body };
  } catch (error) {
    throw new ButikError('SERVICE_UNAVAILABLE', { details: { part: 'electric' }, cause: error });
  }
}
