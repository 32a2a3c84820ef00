import type { Collection } from '@butik/proto/collections/define-collection';
import type { StreamPlace } from '@butik/sync/collection-log';
import { type Offset, ShapeStream, type ShapeStreamOptions } from '@electric-sql/client';
import type { HubClient } from '../hub-client.ts';

export interface StreamContext {
  hub: HubClient;
  hubUrl: string;
  nodeId: string;
  signal: AbortSignal;
  /** Of the client's own retries, which go on for ever. */
  retry: { baseMs: number; maxMs: number };
  /** Called when the stream has ended for good. */
  onEnd(error: Error): void;
}

/**
 * Follows one collection by long-poll from `place`, or from its beginning. Values arrive as SQLite
 * keeps them. (Never by SSE: there the client's offset runs ahead of what it has delivered.)
 */
export function openStream(
  context: StreamContext,
  collection: Collection,
  place: StreamPlace | null,
): ShapeStream {
  const { hub, hubUrl, nodeId, signal, retry, onEnd } = context;
  return new ShapeStream({
    url: `${hubUrl}/sync/v1/shape`,
    params: { collection: collection.name, [NOTES_KEY]: nodeId },
    ...(place && { handle: place.handle, offset: place.offset as Offset }),
    fetchClient: (input, init) =>
      hub.fetch(withoutNotesKey(String(input)), { headers: init?.headers, signal: init?.signal }),
    parser: AS_SQLITE_KEEPS,
    backoffOptions: { initialDelay: retry.baseMs, maxDelay: retry.maxMs, multiplier: 2 },
    signal,
    onError: onEnd,
  });
}

/** The client keeps notes by address for the whole process; this keeps those of two boxes apart. It is not sent. */
const NOTES_KEY = 'box';

function withoutNotesKey(address: string): string {
  const url = new URL(address);
  url.searchParams.delete(NOTES_KEY);
  return url.href;
}

const AS_SQLITE_KEEPS: NonNullable<ShapeStreamOptions['parser']> = {
  int8: Number,
  bool: (text) => (text === 'true' || text === 't' ? 1 : 0),
  json: (text) => text,
  jsonb: (text) => text,
};
