import { ButikError } from '@butik/proto/errors/butik-error';
import { inCurrentSpan } from '@butik/proto/telemetry/span';
import type { Database } from 'better-sqlite3';
import type { Logger } from 'pino';
import { asStoreError, isFatal } from './database.ts';
import type { Store } from './store.ts';

/** Changes that may wait for the disk; beyond that STORE_BUSY. */
const MAX_WAITING = 10_000;
/** Changes that share one commit: few enough that the first never waits long for the last. */
const MAX_BATCH = 128;

interface Job {
  run: (db: Database) => unknown;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
}

type GroupCommit = Pick<Store, 'write' | 'onFacts' | 'markFacts'> & { close(): void };

/**
 * Jobs that arrive in the same turn of the event loop run one after the other in one transaction, each
 * in a savepoint, and resolve after its COMMIT: one fsync for all. A job that throws is undone alone; when
 * the disk fails, everything of the batch is undone and rejected.
 */
export function createGroupCommit(
  db: Database,
  logger: Logger,
  onFailed: (error: Error) => void = () => undefined,
): GroupCommit {
  const transaction = prepare(db);
  const factListeners = new Set<() => void>();
  let waiting: Job[] = [];
  let scheduled = false;
  let closed = false;
  let failed = false;
  let wroteFacts = false;

  function flush(): void {
    scheduled = false;
    const batch = waiting.length <= MAX_BATCH ? waiting : waiting.slice(0, MAX_BATCH);
    waiting = waiting.length <= MAX_BATCH ? [] : waiting.slice(MAX_BATCH);
    // A turn that was scheduled before `close` finished the queue finds nothing, and no database either.
    if (batch.length === 0) return;
    commit(batch);
    if (waiting.length > 0) schedule();
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  }

  function commit(batch: readonly Job[]): void {
    let settle: (() => void)[];
    wroteFacts = false;
    try {
      if (failed) throw new ButikError('STORE_FAILED', { message: 'The store waits for a restart.' });
      transaction.begin.run();
      settle = batch.length === 1 ? [runAlone(batch[0]!)] : batch.map(runInSavepoint);
      transaction.commit.run();
    } catch (error) {
      giveUp(batch, error);
      return;
    }
    for (const tell of settle) tell();
    if (wroteFacts) tellListeners();
  }

  /** Returns what tells the caller, once the batch is durable. Throws what undoes the whole batch. */
  function runInSavepoint({ run, resolve, reject }: Job): () => void {
    transaction.savepoint.run();
    const wroteFactsBefore = wroteFacts;
    try {
      const result = runWithin(run);
      transaction.release.run();
      return () => resolve(result);
    } catch (error) {
      if (asStoreError(error) !== error || !db.inTransaction) throw error;
      transaction.undo.run();
      transaction.release.run();
      wroteFacts = wroteFactsBefore;
      return () => reject(error);
    }
  }

  /** The same for a job that has the transaction to itself, without the page copies of a savepoint. */
  function runAlone({ run, resolve, reject }: Job): () => void {
    try {
      const result = runWithin(run);
      return () => resolve(result);
    } catch (error) {
      if (asStoreError(error) !== error || !db.inTransaction) throw error;
      transaction.rollback.run();
      transaction.begin.run();
      wroteFacts = false;
      return () => reject(error);
    }
  }

  /** SQLite undoes a transaction by itself when the disk fails; a job that hides that must not go on. */
  function runWithin(run: Job['run']): unknown {
    const result = run(db);
    if (!db.inTransaction) throw new ButikError('STORE_FAILED', { message: 'The transaction was undone.' });
    return result;
  }

  function giveUp(batch: readonly Job[], error: unknown): void {
    let reason = asStoreError(error);
    let broken = false;
    try {
      if (db.inTransaction) transaction.rollback.run();
    } catch (rollbackError) {
      logger.error({ err: rollbackError }, 'rollback failed');
      broken = true;
    }
    if (isFatal(error)) broken = true;
    if (!(reason instanceof ButikError)) reason = new ButikError('STORE_FAILED', { cause: error });
    logger.error({ err: error, changes: batch.length }, 'commit failed, nothing of it was kept');
    for (const { reject } of batch) reject(reason);
    if (!broken) return;
    failed = true;
    onFailed(reason as ButikError);
  }

  function tellListeners(): void {
    for (const listener of factListeners) {
      try {
        listener();
      } catch (error) {
        logger.error({ err: error }, 'a listener to new facts failed');
      }
    }
  }

  return {
    write: (run) =>
      new Promise((resolve, reject) => {
        if (closed) throw new ButikError('SERVICE_UNAVAILABLE', { details: { part: 'store' } });
        if (waiting.length >= MAX_WAITING) throw new ButikError('STORE_BUSY');
        // Jobs of several requests run in one turn; each keeps the trace of its own.
        waiting.push({ run: inCurrentSpan(run), resolve: resolve as Job['resolve'], reject });
        schedule();
      }),
    onFacts(listener) {
      factListeners.add(listener);
      return () => factListeners.delete(listener);
    },
    markFacts() {
      wroteFacts = true;
    },
    close() {
      while (waiting.length > 0) flush();
      closed = true;
    },
  };
}

function prepare(db: Database) {
  return {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    rollback: db.prepare('ROLLBACK'),
    savepoint: db.prepare('SAVEPOINT job'),
    release: db.prepare('RELEASE job'),
    undo: db.prepare('ROLLBACK TO job'),
  };
}
