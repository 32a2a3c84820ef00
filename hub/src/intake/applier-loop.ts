import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Clock } from '../kernel/clock.ts';
import type { Sql } from '../kernel/sql/sql.ts';
import { applyFact, type Outcome, type PendingFact } from './apply-fact.ts';
import { createApplyPace } from './apply-pace.ts';
import type { IntakeClients } from './intake-clients.ts';
import { nextRetry, noteOutcomes, readPending } from './open-facts.ts';

export interface ApplierLoop {
  /** Looks at the journal now, into which so many facts came just now. */
  wake(journalled?: number): void;
  /** Resolves when no fact waits but those behind a quarantined one. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Another process may have journalled facts: look again now and then without being woken. */
const LOOK_AGAIN_MS = 2_000;

/**
 * Applies the journal: in its order, aggregates side by side, one fact of an aggregate at a time. An
 * aggregate with a quarantined or waiting fact waits; all others go on. What was applied but not yet
 * marked when the process died is applied again, which the services take as a repeat.
 */
export function startApplierLoop(context: {
  sql: Sql;
  clients: IntakeClients;
  clock: Clock;
  logger: Logger;
  random?: () => number;
}): ApplierLoop {
  const { sql, clients, clock, logger, random = Math.random } = context;
  let closed = false;
  let asleep: (() => void) | null = null;
  let woken = false;
  const pace = createApplyPace(() => performance.now());
  const idlers: (() => void)[] = [];

  function wake(journalled = 0): void {
    pace.took(journalled);
    woken = true;
    asleep?.();
  }

  async function run(): Promise<void> {
    while (!closed) {
      woken = false;
      const nextLookMs = await round().catch((error) => {
        // The driver's own error: drizzle's repeats every parameter, which here are whole facts.
        logger.error({ err: error?.cause ?? error }, 'the journal could not be applied; trying again');
        return LOOK_AGAIN_MS;
      });
      if (nextLookMs > 0 && !woken && !closed) await sleep(nextLookMs);
    }
  }

  /** One round of facts; milliseconds until the next is worth while. */
  async function round(): Promise<number> {
    const { roundFacts, parallel, pauseMs } = pace.now();
    const facts = await readPending(sql, new Date(clock.now()), roundFacts);
    if (facts.length > 0) {
      const outcomes = await applyAll(facts, parallel);
      await noteOutcomes(sql, outcomes, clock.now());
      if (pauseMs > 0 && !closed) await wait(pauseMs);
      return 0;
    }
    const retryAt = await nextRetry(sql, new Date(clock.now()));
    if (retryAt !== null) return Math.min(Math.max(retryAt - clock.now(), 1), LOOK_AGAIN_MS);
    if (!woken) for (const resolve of idlers.splice(0)) resolve();
    return LOOK_AGAIN_MS;
  }

  async function applyAll(facts: PendingFact[], parallel: number): Promise<Map<PendingFact, Outcome>> {
    const aggregates = Map.groupBy(facts, (fact) => `${fact.shop_id}/${fact.aggregate}`);
    const outcomes = new Map<PendingFact, Outcome>();
    const waiting = aggregates.values();
    const worker = async () => {
      for (const aggregate of waiting) {
        for (const fact of aggregate) {
          if (closed) return;
          const outcome = await applyFact(clients, fact, random);
          outcomes.set(fact, outcome);
          if (outcome.kind === 'applied') continue;
          const { id, type, aggregate: about } = fact;
          logger.warn({ factId: id, type, aggregate: about, outcome }, 'a fact was not applied');
          break;
        }
      }
    };
    await Promise.all(Array.from({ length: parallel }, worker));
    return outcomes;
  }

  function sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      asleep = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  const running = run();
  return {
    wake,
    idle: () =>
      new Promise((resolve) => {
        idlers.push(resolve);
        wake();
      }),
    async close() {
      closed = true;
      wake();
      await running;
      for (const resolve of idlers.splice(0)) resolve();
    },
  };
}
