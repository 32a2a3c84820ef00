import { setTimeout as sleep } from 'node:timers/promises';
import { asButikError } from '@butik/proto/errors/butik-error';
import { backoffMs } from '@butik/sync/backoff';
import pg, { type ClientConfig } from 'pg';
import type { Sql } from '../sql.ts';
import { type Connection, watchClient } from './connection.ts';
import { toCallersError, unavailable } from './connection-errors.ts';
import { rowTypes } from './row-types.ts';

export interface Listener {
  listen: Sql['listen'];
  close(): Promise<void>;
}

interface Subscriber {
  onNotify(payload: string): void;
  onMissed?: (() => void) | undefined;
}

interface Line extends Connection {
  client: pg.Client;
}

const RECONNECT = { baseMs: 100, maxMs: 5_000 };
/** How often a quiet line is tried: a connection that a firewall has forgotten tells nobody. */
const HEARTBEAT_MS = 15_000;
const ANSWER_MS = 5_000;

/**
 * One connection that only listens, opened at the first `listen`. When it is lost it is opened again, after
 * pauses that grow to five seconds, listens to every channel again and tells all subscribers that they
 * may have missed something.
 */
export function openListener(
  config: ClientConfig,
  logger?: { error(details: object, message: string): void },
): Listener {
  const channels = new Map<string, Set<Subscriber>>();
  const closing = new AbortController();
  /** Null before the first; rejected while it is opened again. */
  let line: Promise<Line> | null = null;
  let reconnecting: Promise<void> | null = null;

  async function connect(): Promise<Line> {
    const client = new pg.Client({ ...config, application_name: 'butik-hub-listen' });
    const connection = watchClient(client, { rowTypes: rowTypes(new Map()), statementTimeoutMs: ANSWER_MS });
    client.on('notification', ({ channel, payload = '' }) => {
      for (const subscriber of [...(channels.get(channel) ?? [])]) subscriber.onNotify(payload);
    });
    try {
      await client.connect();
      for (const channel of channels.keys()) await connection.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      client.connection.stream.destroy();
      throw toCallersError(error, !(error instanceof pg.DatabaseError));
    }
    client.once('end', () => {
      if (!closing.signal.aborted) reconnecting = reconnect();
    });
    return { ...connection, client };
  }

  async function reconnect(): Promise<void> {
    logger?.error({}, 'The connection that listens to PostgreSQL was lost; it is opened again.');
    line = Promise.reject(unavailable(undefined, 'The connection that listens is being opened again.'));
    line.catch(() => undefined);
    for (let failures = 0; !closing.signal.aborted; failures++) {
      if (failures > 0) await pause(backoffMs(failures, RECONNECT, Math.random), closing.signal);
      const next = connect();
      if ((await Promise.allSettled([next]))[0].status === 'rejected') continue;
      line = next;
      for (const subscribers of channels.values()) {
        for (const { onMissed } of [...subscribers]) onMissed?.();
      }
      return;
    }
  }

  async function command(text: string): Promise<void> {
    line ??= firstLine();
    const { query } = await line;
    await query(text);
  }

  /** When it fails, the next caller tries anew. */
  function firstLine(): Promise<Line> {
    const first = connect();
    first.catch(() => {
      line = null;
    });
    return first;
  }

  const heartbeat = setInterval(() => {
    // A line that does not answer is cut by its watchdog, and its end opens the next.
    if (line !== null) command('SELECT').catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();

  return {
    async listen(channel, onNotify, onMissed) {
      const subscriber = { onNotify, onMissed };
      const leave = () => {
        const subscribers = channels.get(channel);
        subscribers?.delete(subscriber);
        if (subscribers?.size === 0) channels.delete(channel);
      };
      channels.set(channel, (channels.get(channel) ?? new Set()).add(subscriber));
      try {
        await command(`LISTEN ${pg.escapeIdentifier(channel)}`);
      } catch (error) {
        leave();
        throw error;
      }
      return async () => {
        leave();
        if (channels.has(channel)) return;
        await command(`UNLISTEN ${pg.escapeIdentifier(channel)}`).catch((error: unknown) => {
          // A connection that is lost listens no more anyhow.
          if (asButikError(error).code !== 'SERVICE_UNAVAILABLE') throw error;
        });
      };
    },
    async close() {
      clearInterval(heartbeat);
      closing.abort();
      await reconnecting;
      const [last] = await Promise.allSettled([line]);
      if (last.status === 'fulfilled') await last.value?.client.end();
    },
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // Closing ends the pause early.
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
