import { sql as template } from 'drizzle-orm';
import type { Sql } from '../../kernel/sql/sql.ts';
import {
  invalidRequest,
  mustRefetch,
  pageAnswer,
  plain,
  type ShapeAnswer,
  upToDateMessage,
} from './answer.ts';
import { watchChanges } from './changes.ts';
import { chunkCache } from './chunk-cache.ts';
import { databaseReason } from './database-reason.ts';
import type { ShapeDefinition } from './definition.ts';
import { formatOffset, LAST_OP, type LogOffset } from './offset.ts';
import { parseRequest, type ShapeRequest } from './parse-request.ts';
import { type LogRead, logReader } from './read-log.ts';
import { definitions } from './resolve-definition.ts';
import { shapeHandles } from './shape-handles.ts';
import { dropShapes, readChunk, type StoredShape } from './shape-store.ts';

export interface ShapeServerOptions {
  sql: Sql;
  logger?: { error(details: object, message: string): void };
  /** How long a live request is held when nothing changes; 20 s. */
  holdMs?: number;
  /** About how large a chunk is; 10 MB. */
  chunkBytes?: number;
  now?: () => number;
}

/** Serves Electric's HTTP protocol from the log; who may see what is the gatekeeper's business. */
export interface ShapeServer {
  /** Answers `GET /v1/shape`; it rejects only when the store fails. */
  answer(
    query: URLSearchParams,
    context: { ifNoneMatch: string | null; signal: AbortSignal },
  ): Promise<ShapeAnswer>;
  /** Drops shapes by handle or table; false when there were none. */
  remove(query: URLSearchParams): Promise<boolean>;
  close(): Promise<void>;
}

const CHUNK_CACHE_BYTES = 64 * 1024 * 1024;
const MAX_LIVE_REQUESTS = 20_000;

interface Asked {
  definition: ShapeDefinition;
  request: ShapeRequest;
  signal: AbortSignal;
  /** Which of the tables' versions the definition was made of. */
  tablesVersion: number;
}

type Page = { handle: string; offset: string; body: string | Buffer; upToDate: boolean };

export async function createShapeServer(options: ShapeServerOptions): Promise<ShapeServer> {
  const { sql, logger, holdMs = 20_000, chunkBytes = 10 * 1024 * 1024, now = Date.now } = options;
  const known = definitions(sql);
  const handles = shapeHandles(sql, chunkBytes, now);
  const chunks = chunkCache(CHUNK_CACHE_BYTES);
  const read = logReader(sql, chunkBytes);
  let tablesVersion = 0;
  const changes = await watchChanges(sql, {
    onSchema: tablesChanged,
    onDropped: handles.forget,
    onMissed() {
      tablesChanged();
      handles.forgetAll();
    },
    onError: (error) => logger?.error({ error }, 'The feed could not look for changes.'),
  });
  let live = 0;
  let closed = false;

  function tablesChanged(): void {
    tablesVersion++;
    known.forget();
  }

  async function page(asked: Asked): Promise<Page | null> {
    const { definition, request } = asked;
    const { offset, changesOnly } = request;
    if (offset.kind === 'start' && !changesOnly) {
      return snapshotPage(await handles.withSnapshot(definition, request.expiredHandle), 0);
    }
    if (offset.kind === 'start' || offset.kind === 'now') return fromNow(asked);
    const shape = await handles.find(request.handle!, definition);
    if (!shape) return null;
    if (offset.kind === 'snapshot') return snapshotPage(shape, offset.chunk);
    if (offset.kind === 'log') return logPage(asked, shape, offset.at);
    return shape.snapshotLsn === null ? null : logPage(asked, shape, { lsn: shape.snapshotLsn, op: LAST_OP });
  }

  async function snapshotPage(shape: StoredShape, n: number): Promise<Page | null> {
    if (shape.chunkCount === null || n >= shape.chunkCount) return null;
    const body = await chunks.get(shape.handle, n, () => readChunk(sql, shape.handle, n));
    if (!body) return null;
    const offset = n + 1 < shape.chunkCount ? `0_${n + 1}` : '0_inf';
    return { handle: shape.handle, offset, body, upToDate: false };
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
    // While it was held, the shape may have been dropped.
    if (!found.ok || !(await handles.find(shape.handle, asked.definition))) return null;
    const messages =
      found.upToDate === null ? found.messages : [...found.messages, upToDateMessage(found.upToDate)];
    return {
      handle: shape.handle,
      offset: formatOffset(found.reached),
      body: `[${messages.join(',\n')}]`,
      upToDate: found.upToDate !== null,
    };
  }

  /**
   * Reads until there is a message, the hold is over, the client has gone or the server closes; or until a
   * table has changed: what the definition says of its columns may be wrong then, and the client asks again.
   */
  async function readHeld(
    { definition, signal, tablesVersion: version }: Asked,
    from: LogOffset,
  ): Promise<LogRead> {
    const over = AbortSignal.any([signal, AbortSignal.timeout(holdMs)]);
    let at = from;
    for (;;) {
      const subscription = changes.subscribe(definition.table.relation);
      try {
        const found = await read(definition, at);
        if (!found.ok || found.messages.length > 0 || over.aborted || closed) return found;
        at = found.reached;
        await Promise.race([subscription.changed, aborted(over)]);
        if (version !== tablesVersion) return found;
      } finally {
        subscription.end();
      }
    }
  }

  /** Forgets them at once: the notification takes its way. */
  async function drop(which: Parameters<typeof dropShapes>[1]): Promise<boolean> {
    const dropped = await dropShapes(sql, which);
    for (const handle of dropped) handles.forget(handle);
    return dropped.length > 0;
  }

  async function answerAsked(asked: Asked, ifNoneMatch: string | null): Promise<ShapeAnswer> {
    const { definition, request } = asked;
    const found = await page(asked);
    if (found) return pageAnswer({ ...found, definition, request }, ifNoneMatch, now());
    const { handle } = await handles.any(definition, request.handle);
    return mustRefetch(handle);
  }

  return {
    async answer(query, { ifNoneMatch, signal }) {
      const parsed = parseRequest(query);
      if (!parsed.ok) return invalidRequest(parsed.errors);
      const { request } = parsed;
      const version = tablesVersion;
      const resolved = await known.resolve(request);
      if (!resolved.ok) return invalidRequest(resolved.errors);
      if (request.live && live >= MAX_LIVE_REQUESTS) {
        return plain(503, { message: 'Too many live requests' }, { 'retry-after': '5' });
      }
      if (request.live) live++;
      try {
        const asked = { definition: resolved.definition, request, signal, tablesVersion: version };
        return await answerAsked(asked, ifNoneMatch);
      } catch (error) {
        // A condition may be well formed and yet fail on a row, as a division by zero does.
        const reason = request.where === null ? null : databaseReason(error, ['22']);
        if (reason === null) throw error;
        return invalidRequest({ where: [reason] });
      } finally {
        if (request.live) live--;
      }
    },
    async remove(query) {
      const handle = query.get('handle');
      const parsed = parseRequest(new URLSearchParams({ table: query.get('table') ?? '', offset: '-1' }));
      if (handle) return drop({ handle });
      if (!parsed.ok) return false;
      const resolved = await known.resolve(parsed.request);
      if (!resolved.ok) return false;
      return drop({ relation: resolved.definition.table.relation });
    },
    async close() {
      closed = true;
      await changes.close();
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
