import { promisify } from 'node:util';
import { constants, gunzip, zstdDecompress } from 'node:zlib';
import { ButikError } from '@butik/proto/errors/butik-error';
import { type ContentEncoding, type PushRequest, pushRequestSchema } from '@butik/proto/facts/sync-wire';

/** What a push may grow to when it is inflated. */
export const MAX_INFLATED_BYTES = 8 * 1_048_576;
const WINDOW_LOG = Math.log2(MAX_INFLATED_BYTES);

const limits = { maxOutputLength: MAX_INFLATED_BYTES };
const inflaters: Record<ContentEncoding, (body: Buffer) => Promise<Buffer>> = {
  gzip: (body) => promisify(gunzip)(body, limits),
  // The sender names the memory that inflating takes; it is no more than the batch may be.
  zstd: (body) =>
    promisify(zstdDecompress)(body, { ...limits, params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG } }),
};

/** Reads the bytes of a push: BATCH_MALFORMED with the reason when they are not one. */
export async function readBatch(body: Buffer, encoding: string | undefined): Promise<PushRequest> {
  const json = await decode(body, encoding);
  let value: unknown;
  try {
    value = JSON.parse(json.toString('utf8'));
  } catch (cause) {
    throw malformed('not JSON', cause);
  }
  const parsed = pushRequestSchema.safeParse(value);
  if (parsed.success) {
    const odd = parsed.data.facts.find(
      ({ hlc, type, aggregate, payload }) => ![hlc, type, aggregate, payload].every(isStorable),
    );
    if (odd) throw malformed(`fact ${odd.seq} has text that is not Unicode or holds U+0000`);
    return parsed.data;
  }
  const issue = parsed.error.issues[0];
  throw malformed(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a batch'}`);
}

async function decode(body: Buffer, encoding: string | undefined): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding !== 'gzip' && encoding !== 'zstd')
    throw malformed(`content-encoding ${encoding.slice(0, 50)}`);
  try {
    return await inflaters[encoding](body);
  } catch (cause) {
    const tooLarge = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw malformed(
      tooLarge ? `larger than ${MAX_INFLATED_BYTES} bytes when inflated` : `not ${encoding}`,
      cause,
    );
  }
}

/** PostgreSQL keeps neither lone surrogates nor U+0000 in text; a raw one is never in JSON that a box wrote. */
function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function malformed(reason: string, cause?: unknown): ButikError {
  return new ButikError('BATCH_MALFORMED', { details: { reason }, cause });
}
