import { setTimeout as sleep } from 'node:timers/promises';
import { ButikError } from '@butik/proto/errors/butik-error';
import { backoffMs } from '@butik/sync/backoff';
import type { estypes } from '@elastic/elasticsearch';
import type { AskEngine } from './ask-engine.ts';
import type { DocumentSource } from './document-source.ts';

const MAX_DOCUMENTS = 500;
const MAX_BYTES = 4_000_000;
const ATTEMPTS = 5;
/** Other writes of the same document that one may lose to before it is refused. */
const CONFLICTS = 5;
/** What passes: the document lost to others, or the engine is full at the moment. */
const PASSING = new Set([409, 429, 503]);

/**
 * Versions are compared as texts, because those of the engine are numbers and a UUID does not fit into one.
 * One script with parameters is compiled once.
 */
const KEEP_NEWEST = `if (ctx._source.version == null || ctx._source.version.compareTo(params.source.version) < 0) {
  ctx._source.putAll(params.source);
} else {
  ctx.op = 'none';
}`;

/**
 * Writes documents where the index has no newer version of them. What the engine has no room for is offered again a
 * bounded number of times; what it refuses does not hold up the rest, and is INTERNAL with the ids at the end.
 */
export async function writeDocuments(
  ask: AskEngine,
  index: string,
  sources: readonly DocumentSource[],
  { retryMs }: { retryMs: number },
): Promise<void> {
  const refused: { id: string; reason: string }[] = [];
  for (const batch of batches(sources)) {
    let left = batch;
    for (let attempt = 1; left.length > 0; attempt++) {
      const outcome = await writeBatch(ask, index, left);
      refused.push(...outcome.refused);
      left = outcome.passing;
      if (left.length === 0) break;
      if (attempt === ATTEMPTS) {
        throw new ButikError('SERVICE_UNAVAILABLE', { details: { part: 'search', documents: left.length } });
      }
      await sleep(backoffMs(attempt, { baseMs: retryMs, maxMs: 10 * retryMs }, Math.random));
    }
  }
  if (refused.length === 0) return;
  throw new ButikError('INTERNAL', {
    message: `Elasticsearch refused ${refused.length} of ${sources.length} documents.`,
    details: { part: 'search', refused: refused.slice(0, 20) },
  });
}

async function writeBatch(ask: AskEngine, index: string, batch: readonly DocumentSource[]) {
  const operations = batch.flatMap((source) => [
    { update: { _id: source.id, retry_on_conflict: CONFLICTS } },
    {
      scripted_upsert: true,
      upsert: {},
      script: { lang: 'painless', source: KEEP_NEWEST, params: { source } },
    },
  ]);
  const answer = await ask((client, options) => client.bulk({ index, operations }, options));
  const passing: DocumentSource[] = [];
  const refused: { id: string; reason: string }[] = [];
  answer.items.forEach(({ update }, at) => {
    if (update?.error === undefined) return;
    if (PASSING.has(update.status)) passing.push(batch[at]!);
    else refused.push({ id: batch[at]!.id, reason: reasonOf(update.error) });
  });
  return { passing, refused };
}

function reasonOf({ type, reason }: estypes.ErrorCause): string {
  return `${type}: ${reason ?? ''}`.slice(0, 200);
}

/** Parts that the engine takes in one request, by number and by size. */
function batches(sources: readonly DocumentSource[]): DocumentSource[][] {
  const parts: DocumentSource[][] = [];
  let bytes = 0;
  for (const source of sources) {
    const size = Buffer.byteLength(JSON.stringify(source));
    const part = parts.at(-1);
    if (part === undefined || part.length === MAX_DOCUMENTS || bytes + size > MAX_BYTES) {
      parts.push([source]);
      bytes = size;
    } else {
      part.push(source);
      bytes += size;
    }
  }
  return parts;
}
