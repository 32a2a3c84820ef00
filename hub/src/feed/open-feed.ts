import { compactLog } from './capture/compact-log.ts';
import { forgetDroppedTables } from './capture/forget-dropped-tables.ts';
import { pruneShapes } from './shapes/prune-shapes.ts';
import { createShapeServer, type ShapeServer, type ShapeServerOptions } from './shapes/shape-server.ts';

export interface FeedOptions extends ShapeServerOptions {
  logger: { error(details: object, message: string): void };
  /** How long the log is kept: a shop that was away for less goes on by it. 90 days. */
  retainMs?: number;
  /** Set when an Electric service serves the shapes from its own log: ours is then kept for a day only. */
  electricUrl?: string | undefined;
}

export interface Feed {
  shapes: ShapeServer;
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Opens the embedded shape server and its hourly housekeeping; `ensureFeedTables` comes first. */
export async function openFeed(options: FeedOptions): Promise<Feed> {
  const { sql, logger, captureAny = false, now = Date.now } = options;
  const retainMs = options.retainMs ?? (options.electricUrl === undefined ? 90 * DAY_MS : DAY_MS);
  const shapes = await createShapeServer(options);
  let tidying = Promise.resolve();
  const tidy = async () => {
    if (captureAny) await forgetDroppedTables(sql);
    await compactLog(sql, { retainMs, nowMs: now() });
    await pruneShapes(sql, now());
  };
  const timer = setInterval(() => {
    tidying = tidying
      .then(tidy)
      .catch((error: unknown) => logger.error({ error }, 'The housekeeping of the feed failed.'));
  }, HOUR_MS);
  timer.unref();
  return {
    shapes,
    async close() {
      clearInterval(timer);
      await shapes.close();
      await tidying;
    },
  };
}
