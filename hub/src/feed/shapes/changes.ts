import { sql as template } from 'drizzle-orm';
import type { Sql } from '../../kernel/sql/sql.ts';

/** How soon a change is seen whose notification was lost with its connection. */
const POLL_MS = 5_000;

export interface Subscription {
  /** Resolves at the first change of the table after the subscription, or when the server closes. */
  changed: Promise<void>;
  end(): void;
}

export interface Changes {
  subscribe(relation: string): Subscription;
  close(): Promise<void>;
}

interface Listeners {
  /** A table's columns or captures were changed. */
  onSchema(): void;
  onDropped(handle: string): void;
  /** Any of it may have happened unheard, while the connection was lost. */
  onMissed(): void;
  onError(error: unknown): void;
}

/** Turns PostgreSQL's notifications on the channel `feed` into wake-ups of those who wait for a table. */
export async function watchChanges(sql: Sql, listeners: Listeners): Promise<Changes> {
  const waiting = new Map<string, Set<() => void>>();
  let heard = false;
  let polled: string | null = null;
  const wake = (relation: string) => {
    const waiters = waiting.get(relation);
    waiting.delete(relation);
    for (const resolve of waiters ?? []) resolve();
  };
  const wakeAll = () => {
    for (const relation of [...waiting.keys()]) wake(relation);
  };
  const hear = (payload: string) => {
    heard = true;
    const [, kind, name = ''] = /^(\w+):(.*)$/s.exec(payload) ?? [];
    if (kind === 'table') wake(name);
    if (kind === 'shape') listeners.onDropped(name);
    if (kind === 'schema') listeners.onSchema();
  };
  const unlisten = await sql.listen('feed', hear, () => {
    listeners.onMissed();
    wakeAll();
  });
  const poll = async () => {
    if (waiting.size === 0) return;
    const [position] = await sql.rows<{ lsn: string }>(template`SELECT lsn::text AS lsn FROM feed.position`);
    const missed = polled !== null && position!.lsn !== polled && !heard;
    polled = position!.lsn;
    heard = false;
    if (missed) wakeAll();
  };
  const timer = setInterval(() => poll().catch(listeners.onError), POLL_MS);
  timer.unref();
  return {
    subscribe(relation) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const waiters = waiting.get(relation) ?? new Set();
      waiting.set(relation, waiters.add(resolve));
      return {
        changed: promise,
        end() {
          waiters.delete(resolve);
          if (waiters.size === 0 && waiting.get(relation) === waiters) waiting.delete(relation);
        },
      };
    },
    async close() {
      clearInterval(timer);
      await unlisten();
      wakeAll();
    },
  };
}
