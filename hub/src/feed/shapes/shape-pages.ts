import type { Readable } from 'node:stream';
import { sql as template } from 'drizzle-orm';
import type { Sql } from '../../kernel/sql/sql.ts';
import type { Changes } from './changes.ts';
import { chunkCache } from './chunk-cache.ts';
import type { ShapeDefinition } from './definition.ts';
import { formatOffset, LAST_OP, type LogOffset } from './offset.ts';
import type { ShapeRequest } from './parse-request.ts';
import type { LogRead, LogReader } from './read-log.ts';
import type { Definitions } from './resolve-definition.ts';
import type { ShapeHandles } from './shape-handles.ts';
import { readChunk, type StoredShape } from './shape-store.ts';
import { streamLog } from './stream-log.ts';
import { upToDateMessage } from './up-to-date.ts';

const CHUNK_CACHE_BYTES = 64 * 1024 * 1024;

/** A request whose definition is known. */
export interface Asked {
  definition: ShapeDefinition;
  request: ShapeRequest;
  signal: AbortSignal;
  /** Which of the tables' versions the definition was made of. */
  tablesVersion: number;
}

export interface Page {
  handle: string;
  /** The offset to go on from. */
  offset: string;
  body: string | Buffer;
  upToDate: boolean;
}

export interface PageContext {
  sql: Sql;
  known: Definitions;
  handles: ShapeHandles;
  changes: Changes;
  read: LogReader;
  holdMs: number;
  streamMs: number;
  keepAliveMs: number;
  tablesVersion(): number;
  closing: AbortSignal;
}

export interface ShapePages {
  /** What a client gets next; null when it cannot go on and must fetch anew. */
  page(asked: Asked): Promise<Page | null>;
  /** The log as it grows, or null in the same cases. */
  stream(asked: Asked): Promise<{ handle: string; body: Readable } | null>;
}

export function shapePages(context: PageContext): ShapePages {
  const { sql, known, handles, changes, read } = context;
  const chunks = chunkCache(CHUNK_CACHE_BYTES);

  async function snapshotPage(shape: StoredShape, n: number): Promise<Page | null> {
    const body = await chunks.get(shape.handle, n, () => readChunk(sql, shape.handle, n));
    return body && { handle: shape.handle, offset: `0_${n}`, body, upToDate: false };
  }

  /** No rows: the client follows from the newest position on. */
  async function fromNow({ definition, request }: Asked): Promise<Page> {
    const { handle } = await handles.any(definition, request.expiredHandle);
    const [position] = await sql.rows<{ lsn: string }>(template`SELECT lsn::text AS lsn FROM feed.position`);
    const lsn = Number(position!.lsn);
    const offset = formatOffset({ lsn, op: LAST_OP });
    if (request.offset.kind === 'start') return { handle, offset, body: '[]', upToDate: false };
    return { handle, offset, body: `[${upToDateMessage(lsn)}]`, upToDate: true };
  }

  async function logPage(asked: Asked, shape: StoredShape, from: LogOffset): Promise<Page | null> {
    const found = asked.request.live ? await readHeld(asked, from) : await read(asked.definition, from);
    if (!found.ok || !(await isCurrent(asked, shape))) return null;
    const messages =
      found.upToDate === null ? found.messages : [...found.messages, upToDateMessage(found.upToDate)];
    return {
      handle: shape.handle,
      offset: formatOffset(found.reached),
      body: `[${messages.join(',\n')}]`,
      upToDate: found.upToDate !== null,
    };
  }

  /** While the request was held, the shape may have been dropped or the table altered. */
  async function isCurrent({ definition, request }: Asked, shape: StoredShape): Promise<boolean> {
    if (!(await handles.find(shape.handle, definition))) return false;
    return !request.live || known.isCurrent(definition);
  }

  /**
   * Reads until there is a message, the hold is over, the client has gone or the server closes; or until a
   * table has changed: what the definition says of its columns may be wrong then, and the client asks again.
   */
  async function readHeld({ definition, signal, tablesVersion }: Asked, from: LogOffset): Promise<LogRead> {
    const over = AbortSignal.any([signal, context.closing, AbortSignal.timeout(context.holdMs)]);
    let at = from;
    for (;;) {
      const subscription = changes.subscribe(definition.table.relation);
      try {
        const found = await read(definition, at);
        if (!found.ok || found.messages.length > 0 || over.aborted) return found;
        at = found.reached;
        await Promise.race([subscription.changed, aborted(over)]);
        if (tablesVersion !== context.tablesVersion()) return found;
      } finally {
        subscription.end();
      }
    }
  }

  return {
    async page(asked) {
      const { definition, request } = asked;
      const { offset, changesOnly } = request;
      if (offset.kind === 'start' && !changesOnly) {
        const shape = await handles.withSnapshot(definition, request.expiredHandle);
        return shape && snapshotPage(shape, 0);
      }
      if (offset.kind === 'start' || offset.kind === 'now') return fromNow(asked);
      const shape = await handles.find(request.handle!, definition);
      if (!shape) return null;
      const chunk = nextChunk(request, shape);
      if (chunk !== null) return snapshotPage(shape, chunk);
      const from = startInLog(asked, shape);
      return from && logPage(asked, shape, from);
    },
    async stream(asked) {
      const { definition, request } = asked;
      const shape = await handles.find(request.handle!, definition);
      const from = shape && nextChunk(request, shape) === null ? startInLog(asked, shape) : null;
      if (!shape || !from || !(await read(definition, from)).ok) return null;
      const body = streamLog({
        definition,
        from,
        read,
        subscribe: () => changes.subscribe(definition.table.relation),
        isCurrent: async () =>
          asked.tablesVersion === context.tablesVersion() && (await isCurrent(asked, shape)),
        signal: AbortSignal.any([asked.signal, context.closing]),
        lastsMs: context.streamMs,
        keepAliveMs: context.keepAliveMs,
      });
      return { handle: shape.handle, body };
    },
  };
}

/** The chunk of the snapshot that comes next, or null when the client has them all. */
function nextChunk({ offset }: ShapeRequest, { chunkCount }: StoredShape): number | null {
  if (offset.kind !== 'snapshot' || chunkCount === null) return null;
  return offset.chunk + 1 < chunkCount ? offset.chunk + 1 : null;
}

/**
 * Where in the log a client goes on that has the snapshot; null for an offset that this shape never gave:
 * before its snapshot, or before the capture, where the log's entries are of the table as it was then.
 */
function startInLog({ definition, request }: Asked, shape: StoredShape): LogOffset | null {
  const { offset } = request;
  const { snapshotLsn, chunkCount } = shape;
  const afterSnapshot = snapshotLsn === null ? null : { lsn: snapshotLsn, op: LAST_OP };
  if (offset.kind === 'tail') return afterSnapshot;
  if (offset.kind === 'snapshot') {
    return chunkCount !== null && offset.chunk + 1 === chunkCount ? afterSnapshot : null;
  }
  if (offset.kind !== 'log') return null;
  const { at } = offset;
  if (at.lsn < (snapshotLsn ?? definition.table.capture!.sinceLsn)) return null;
  return at.lsn === snapshotLsn ? afterSnapshot : at;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
