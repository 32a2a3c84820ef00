import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { ButikError } from '@butik/proto/errors/butik-error';

/** What somebody wants to be kept, measured while it is read. */
export interface ContentReader {
  /** Ends with BODY_TOO_LARGE beyond the limit, and with the content's own error. */
  chunks: AsyncGenerator<Uint8Array>;
  /** Of what was read so far. */
  measured(): { bytes: number; sha256: string };
  /** Whether `error` is the content's own, or BODY_TOO_LARGE: not one of where it goes. */
  isOfContent(error: unknown): boolean;
}

export function readContent(content: Readable | Uint8Array, maxBytes: number): ContentReader {
  const hash = createHash('sha256');
  let bytes = 0;
  let failure: { error: unknown } | undefined;
  // It may break before it is read; reading then tells.
  if (!(content instanceof Uint8Array)) content.on('error', () => undefined);

  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of content instanceof Uint8Array ? [content] : content) {
        const chunk: Uint8Array = typeof piece === 'string' ? Buffer.from(piece) : piece;
        bytes += chunk.byteLength;
        if (bytes > maxBytes) throw new ButikError('BODY_TOO_LARGE', { details: { limit: maxBytes } });
        hash.update(chunk);
        yield chunk;
      }
    } catch (error) {
      failure = { error };
      throw error;
    }
  }

  return {
    chunks: read(),
    measured: () => ({ bytes, sha256: hash.copy().digest('hex') }),
    isOfContent: (error) => failure !== undefined && failure.error === error,
  };
}
