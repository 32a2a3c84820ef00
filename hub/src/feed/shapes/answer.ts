import { randomInt } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { ShapeDefinition } from './definition.ts';
import type { FieldErrors, ShapeRequest } from './parse-request.ts';
import { schemaHeader } from './schema-header.ts';

/** What goes back over HTTP. A body of null has no content type either. */
export interface ShapeAnswer {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer | Readable | null;
}

/** How long caches may keep an answer that is neither a shape's first nor a live one; seconds. */
export interface CacheAges {
  maxAgeSeconds: number;
  /** How long after that it may be used while it is asked for again. */
  staleAgeSeconds: number;
}

interface Page {
  definition: ShapeDefinition;
  request: ShapeRequest;
  handle: string;
  /** The offset to go on from. */
  offset: string;
  body: string | Buffer;
  upToDate: boolean;
}

/** The end of live cursors' first interval; they count seconds from there. */
const CURSOR_EPOCH_MS = Date.UTC(2024, 9, 9);
const CURSOR_TICK_SECONDS = 20;

/** A page of the shape, or 304 when the client has this very page. */
export function pageAnswer(
  page: Page,
  { ifNoneMatch, nowMs, ages }: { ifNoneMatch: string | null; nowMs: number; ages: CacheAges },
): ShapeAnswer {
  const { request } = page;
  const headers: Record<string, string> = {
    'cache-control': cacheControl(request, ages),
    etag: `"${page.handle}:${request.offsetText}:${page.offset}"`,
    'electric-handle': page.handle,
    'electric-offset': page.offset,
  };
  if (request.live) headers['electric-cursor'] = String(nextCursor(request.cursor, nowMs));
  else headers['electric-schema'] = schemaHeader(page.definition);
  if (page.upToDate) headers['electric-up-to-date'] = '';
  if (ifNoneMatch !== null && ifNoneMatch === headers.etag) return { status: 304, headers, body: null };
  return { status: 200, headers: { ...headers, 'content-type': 'application/json' }, body: page.body };
}

/**
 * A live stream. Its offset is the one that was asked for: a client that is cut off in the middle must not
 * go on after what it has not read. It may be shared in a cache while it lasts.
 */
export function streamAnswer(
  { handle, request, body }: { handle: string; request: ShapeRequest; body: Readable },
  { nowMs, lastsMs }: { nowMs: number; lastsMs: number },
): ShapeAnswer {
  return {
    status: 200,
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': `public, max-age=${Math.max(1, Math.floor(lastsMs / 1000) - 1)}`,
      'electric-handle': handle,
      'electric-offset': request.offsetText,
      'electric-cursor': String(nextCursor(request.cursor, nowMs)),
    },
    body,
  };
}

/** The client drops what it has of the shape and starts again with another handle. */
export function mustRefetch(handle: string): ShapeAnswer {
  return {
    status: 409,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'public, max-age=60, must-revalidate',
      'electric-handle': handle,
    },
    body: '[{"headers":{"control":"must-refetch"}}]',
  };
}

export function invalidRequest(errors: FieldErrors): ShapeAnswer {
  return plain(400, { message: 'Invalid request', errors });
}

export function plain(status: number, body: object, headers: Record<string, string> = {}): ShapeAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}

function cacheControl({ offset, live }: ShapeRequest, ages: CacheAges): string {
  if (offset.kind === 'start') {
    return 'public, max-age=604800, s-maxage=3600, stale-while-revalidate=2629746';
  }
  if (live) return 'public, max-age=5, stale-while-revalidate=5';
  return `public, max-age=${ages.maxAgeSeconds}, stale-while-revalidate=${ages.staleAgeSeconds}`;
}

/** Clients that wait together get the same cursor, and so share an answer in a cache between. */
function nextCursor(previous: number | null, nowMs: number): number {
  const seconds = (nowMs - CURSOR_EPOCH_MS) / 1000;
  const tick = Math.ceil(seconds / CURSOR_TICK_SECONDS) * CURSOR_TICK_SECONDS;
  return previous !== null && tick <= previous ? previous + randomInt(1, 3601) : tick;
}
