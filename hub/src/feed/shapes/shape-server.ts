import type { Sql } from '../../kernel/sql/sql.ts';
import { relationName } from '../capture/quote.ts';
import {
  type CacheAges,
  invalidRequest,
  mustRefetch,
  pageAnswer,
  plain,
  type ShapeAnswer,
  streamAnswer,
} from './answer.ts';
import { watchChanges } from './changes.ts';
import { databaseReason } from './database-reason.ts';
import { parseRequest, parseTable } from './parse-request.ts';
import { logReader } from './read-log.ts';
import { definitions } from './resolve-definition.ts';
import { shapeHandles } from './shape-handles.ts';
import { type Asked, shapePages } from './shape-pages.ts';
import { dropShapes, newHandle } from './shape-store.ts';
import { shareStore } from './share-store.ts';

export interface ShapeServerOptions {
  sql: Sql;
  logger?: { error(details: object, message: string): void };
  /** How long a live request is held when nothing changes; 20 s. */
  holdMs?: number;
  /** How long a stream of server-sent events lasts; 60 s. */
  streamMs?: number;
  /** How long such a stream is silent at most; 21 s. */
  keepAliveMs?: number;
  /** About how large a chunk is; 10 MB. */
  chunkBytes?: number;
  /** How long caches may keep what is neither first nor live; 60 s, and 300 s more while they ask again. */
  ages?: CacheAges;
  /** Whether any table may be followed, and gets its capture when it is first asked for; else captured ones only. */
  captureAny?: boolean;
  /** Where a table without a schema is looked for; `public`. */
  defaultSchema?: string;
  /** Epoch milliseconds; the hub's clock. */
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

const CHUNK_BYTES = 10 * 1024 * 1024;
const AGES = { maxAgeSeconds: 60, staleAgeSeconds: 300 };
const MAX_LIVE_REQUESTS = 20_000;

export async function createShapeServer(options: ShapeServerOptions): Promise<ShapeServer> {
  const { logger, chunkBytes = CHUNK_BYTES, ages = AGES, now = Date.now } = options;
  const { holdMs = 20_000, streamMs = 60_000, keepAliveMs = 21_000 } = options;
  const { captureAny = false, defaultSchema = 'public' } = options;
  const sql = shareStore(options.sql);
  const known = definitions(sql, { captureAny });
  const handles = shapeHandles(sql, { chunkBytes, sorted: !captureAny }, now);
  const closing = new AbortController();
  let tablesVersion = 0;
  let live = 0;
  const changes = await watchChanges(sql, {
    onSchema: tablesChanged,
    onDropped: handles.forget,
    onMissed() {
      tablesChanged();
      handles.forgetAll();
    },
    onError: (error) => logger?.error({ error }, 'The feed could not look for changes.'),
  });
  const pages = shapePages({
    ...{ sql, known, handles, changes, holdMs, streamMs, keepAliveMs },
    read: logReader(sql, chunkBytes),
    tablesVersion: () => tablesVersion,
    closing: closing.signal,
  });

  function tablesChanged(): void {
    tablesVersion++;
    known.forget();
  }

  /** Forgets them at once: the notification takes its way. */
  async function drop(which: Parameters<typeof dropShapes>[1]): Promise<boolean> {
    const dropped = await dropShapes(sql, which);
    for (const handle of dropped) handles.forget(handle);
    return dropped.length > 0;
  }

  async function answerPage(asked: Asked, ifNoneMatch: string | null): Promise<ShapeAnswer> {
    const { definition, request } = asked;
    const found = await pages.page(asked);
    if (!found) return anew(asked);
    return pageAnswer({ ...found, definition, request }, { ifNoneMatch, nowMs: now(), ages });
  }

  async function answerStream(asked: Asked): Promise<ShapeAnswer> {
    const found = await pages.stream(asked);
    if (!found) return anew(asked);
    live++;
    found.body.once('close', () => live--);
    return streamAnswer({ ...found, request: asked.request }, { nowMs: now(), lastsMs: streamMs });
  }

  async function anew({ definition, request }: Asked): Promise<ShapeAnswer> {
    return mustRefetch((await handles.any(definition, request.handle)).handle);
  }

  return {
    async answer(query, { ifNoneMatch, signal }) {
      const parsed = parseRequest(query, defaultSchema);
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
        return request.sse ? await answerStream(asked) : await answerPage(asked, ifNoneMatch);
      } catch (error) {
        // The table was dropped or altered just now: asked again, it is another one or none.
        if (captureAny && databaseReason(error, ['42']) !== null) {
          return mustRefetch(newHandle(resolved.definition));
        }
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
      if (handle) return drop({ handle });
      const table = parseTable(query.get('table') ?? '', defaultSchema);
      return table !== null && drop({ relation: relationName(table) });
    },
    async close() {
      closing.abort();
      await changes.close();
    },
  };
}
