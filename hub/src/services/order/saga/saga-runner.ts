import type { SaleLine } from '@butik/proto/facts/sale-recorded';
import type { SagaContext } from '../order-context.ts';
import { putOffSaga } from './put-off-saga.ts';
import { runSaga } from './run-saga.ts';
import type { Saga } from './saga.ts';

export interface SagaKey {
  shopId: string;
  orderId: string;
}

/** Runs sagas in this process; each of them once at a time. */
export interface SagaRunner {
  /**
   * Goes on with a saga, given as it was just written, now or when one of those that run has ended. Nothing is
   * promised: what does not run here is found by the sweep once it is due.
   */
  start(saga: Saga, lines?: readonly SaleLine[]): void;
  /** Looks at a saga by its key. `whenDue`: only if nobody has it at the moment. */
  look(key: SagaKey, options?: { whenDue?: boolean }): void;
  /** How many more it would take. */
  room(): number;
  /** Resolves when none runs or waits. */
  idle(): Promise<void>;
  /** Takes no more, lets those that run come to rest, and leaves them after 2 s. */
  close(): Promise<void>;
}

const MAX_RUNNING = 32;
const MAX_WAITING = 1_000;
const GRACE_MS = 2_000;

interface Work {
  key: SagaKey;
  known?: { saga: Saga; lines: readonly SaleLine[] | undefined };
  whenDue: boolean;
  /** Something has happened since it began: once it rests, look again. */
  again: boolean;
}

export function createSagaRunner(context: SagaContext): SagaRunner {
  const taken = new Map<string, Work>();
  const waiting: Work[] = [];
  const leaving = new AbortController();
  let closing = false;
  let running = 0;
  let idlers: (() => void)[] = [];

  function offer(work: Work): void {
    if (closing || taken.size >= MAX_RUNNING + MAX_WAITING) return;
    taken.set(work.key.orderId, work);
    waiting.push(work);
    goOn();
  }

  function goOn(): void {
    while (running < MAX_RUNNING) {
      const work = waiting.shift();
      if (work === undefined) break;
      running++;
      void run(work).then(() => {
        running--;
        goOn();
      });
    }
    if (taken.size > 0) return;
    for (const resolve of idlers) resolve();
    idlers = [];
  }

  async function run(work: Work): Promise<void> {
    try {
      await runSaga(context, work, leaving.signal);
      while (work.again && !closing) {
        work.again = false;
        await runSaga(context, { key: work.key, whenDue: false }, leaving.signal);
      }
    } catch (err) {
      // Our own table, mostly; the saga is due again when its lease is over.
      context.kernel.logger.warn({ err, ...work.key }, 'saga: cannot be gone on with at the moment');
      await putOff(work.key);
    } finally {
      // In the same breath as the last look at `again`, so that nobody's word falls in between.
      taken.delete(work.key.orderId);
    }
  }

  async function putOff(key: SagaKey): Promise<void> {
    try {
      if (!leaving.signal.aborted) await putOffSaga(context, key);
    } catch (err) {
      context.kernel.logger.warn({ err, ...key }, 'saga: cannot be put off, and stays due');
    }
  }

  function idle(): Promise<void> {
    if (taken.size === 0) return Promise.resolve();
    return new Promise((resolve) => idlers.push(resolve));
  }

  return {
    start(saga, lines) {
      const key = { shopId: saga.shopId, orderId: saga.orderId };
      const there = taken.get(saga.orderId);
      if (there) there.again = true;
      else offer({ key, known: { saga, lines }, whenDue: false, again: false });
    },
    look(key, { whenDue = false } = {}) {
      const there = taken.get(key.orderId);
      if (there === undefined) offer({ key, whenDue, again: false });
      else if (!whenDue) there.again = true;
    },
    room: () => (closing ? 0 : MAX_RUNNING + MAX_WAITING - taken.size),
    idle,
    async close() {
      closing = true;
      for (const work of waiting.splice(0)) taken.delete(work.key.orderId);
      const grace = setTimeout(() => leaving.abort(), GRACE_MS);
      await idle();
      clearTimeout(grace);
    },
  };
}
