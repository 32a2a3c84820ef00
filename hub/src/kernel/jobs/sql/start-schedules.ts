import { inSpan } from '@butik/proto/telemetry/span';
import { sql as template } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { Clock } from '../../clock.ts';
import type { Sql } from '../../sql/sql.ts';
import type { Schedule } from '../jobs.ts';
import { withinTime } from '../within-time.ts';
import { type Pulse, startPulse } from './start-pulse.ts';

export interface SchedulesOptions {
  sql: Sql;
  clock: Clock;
  logger: Pick<Logger, 'warn'>;
  pollMs: number;
  marginMs: number;
}

export interface Schedules extends Pulse {
  add(schedule: Schedule): Promise<void>;
}

/** Runs what is scheduled; the row of a schedule says which process runs it now, and until when at most. */
export function startSchedules({ sql, clock, logger, pollMs, marginMs }: SchedulesOptions): Schedules {
  const schedules = new Map<string, Schedule>();
  const running = new Map<string, Promise<void>>();
  let closed = false;
  const pulse = startPulse({ look, pollMs, logger });

  async function look(): Promise<number> {
    const names = [...schedules.keys()].filter((name) => !running.has(name));
    if (names.length === 0) return Number.POSITIVE_INFINITY;
    const next = await sql.rows<{ name: string; due: number }>(template`
      SELECT name, (extract(epoch FROM greatest(next_at, busy_until)) * 1000)::bigint AS due FROM jobs.schedule
      WHERE name IN (SELECT jsonb_array_elements_text(${JSON.stringify(names)}::jsonb))`);
    let rest = Number.POSITIVE_INFINITY;
    for (const { name, due } of next) {
      const ahead = due - clock.now();
      if (ahead <= 0 && !closed) await begin(schedules.get(name)!);
      rest = Math.min(rest, Math.max(ahead, 0));
    }
    return rest;
  }

  async function begin(schedule: Schedule): Promise<void> {
    const { name, everyMs, timeoutMs } = schedule;
    const now = clock.now();
    const at = new Date(now);
    const every = `${everyMs} ms`;
    const [claimed] = await sql.rows<{ lease: string }>(template`
      UPDATE jobs.schedule SET
        next_at = CASE WHEN next_at + ${every}::interval > ${at}::timestamptz THEN next_at ELSE ${at}::timestamptz END
          + ${every}::interval,
        busy_until = ${new Date(now + timeoutMs + marginMs)}::timestamptz,
        lease = gen_random_uuid()
      WHERE name = ${name} AND greatest(next_at, busy_until) <= ${at}::timestamptz
      RETURNING lease`);
    if (!claimed) return;
    const run = attend(schedule, claimed.lease).finally(() => {
      running.delete(name);
      pulse.wake();
    });
    running.set(name, run);
  }

  async function attend({ name, timeoutMs, handle }: Schedule, lease: string): Promise<void> {
    try {
      await inSpan(`schedule ${name}`, { kind: 'consumer' }, () => withinTime(timeoutMs, handle));
    } catch (error) {
      logger.warn({ err: error, schedule: name }, 'jobs: a scheduled run failed');
    }
    try {
      await sql.rows(template`
        UPDATE jobs.schedule SET busy_until = ${new Date(clock.now())}::timestamptz
        WHERE name = ${name} AND lease = ${lease}::uuid`);
    } catch (error) {
      logger.warn({ err: error, schedule: name }, 'jobs: a schedule cannot be freed and waits for its time');
    }
  }

  return {
    async add(schedule) {
      const { name, everyMs } = schedule;
      const now = new Date(clock.now());
      await sql.rows(template`
        INSERT INTO jobs.schedule AS known (name, every_ms, next_at, busy_until)
        VALUES (${name}, ${everyMs}, ${new Date(clock.now() + everyMs)}::timestamptz, ${now}::timestamptz)
        ON CONFLICT (name) DO UPDATE SET
          every_ms = excluded.every_ms,
          next_at = CASE WHEN known.every_ms = excluded.every_ms THEN known.next_at ELSE excluded.next_at END`);
      schedules.set(name, schedule);
      pulse.wake();
    },
    wake: pulse.wake,
    async close() {
      closed = true;
      await pulse.close();
      await Promise.all(running.values());
    },
  };
}
