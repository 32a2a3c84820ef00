import { promisify } from 'node:util';
import { constants, gzip, zstdCompress } from 'node:zlib';
import { CONTENT_ENCODINGS, type ContentEncoding } from '@butik/proto/facts/sync-wire';

const compressors: Record<ContentEncoding, (text: string) => Promise<Uint8Array<ArrayBuffer>>> = {
  // The fastest levels, since the line saves most of it already; zstd is smaller by then, and cheaper to inflate.
  zstd: (text) =>
    promisify(zstdCompress)(text, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }) as Promise<
      Buffer<ArrayBuffer>
    >,
  gzip: (text) => promisify(gzip)(text, { level: constants.Z_BEST_SPEED }) as Promise<Buffer<ArrayBuffer>>,
};

/** The text compressed, off the thread that sells. */
export function compressBatch(text: string, encoding: ContentEncoding): Promise<Uint8Array<ArrayBuffer>> {
  return compressors[encoding](text);
}

/** The best encoding that an answer says the hub takes; gzip, which every hub does, when it says nothing. */
export function encodingFor(response: Response): ContentEncoding {
  const taken = (response.headers.get('accept-encoding') ?? '').split(',').map((each) => each.trim());
  return CONTENT_ENCODINGS.find((encoding) => taken.includes(encoding)) ?? 'gzip';
}
