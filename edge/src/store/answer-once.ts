import { hash } from 'node:crypto';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { Database } from 'better-sqlite3';
import type { NotAPromise, Store } from './store.ts';

export interface Answered<Answer> {
  answer: Answer;
  /** True when an earlier request with this key did the work. */
  replayed: boolean;
}

/** The request that is answered once: `content` is compared, so it holds everything that decides the effect. */
export interface OnceRequest {
  key: string;
  operation: string;
  content: unknown;
}

/**
 * Runs `job` at most once per idempotency key and gives every repetition the first answer, which is kept
 * in the job's own transaction. A job that throws leaves the key free. Throws IDEMPOTENCY_KEY_REUSED when
 * the key came with another operation or content before. Answers must be JSON.
 */
export function createAnswerOnce(store: Store) {
  const find = store.db.prepare<[string], { operation: string; request_hash: string; answer: string }>(
    'SELECT operation, request_hash, answer FROM answers WHERE key = ?',
  );
  const keep = store.db.prepare<[string, string, string, string]>(
    'INSERT INTO answers (key, operation, request_hash, answer) VALUES (?, ?, ?, ?)',
  );

  return async function answerOnce<Answer extends object>(
    { key, operation, content }: OnceRequest,
    job: (db: Database) => NotAPromise<Answer>,
  ): Promise<Answered<Answer>> {
    const requestHash = hash('sha256', JSON.stringify(content), 'hex');
    return store.write((db): Answered<Answer> => {
      const known = find.get(key);
      if (known === undefined) {
        const answer: Answer = job(db);
        keep.run(key, operation, requestHash, JSON.stringify(answer));
        return { answer, replayed: false };
      }
      if (known.operation !== operation || known.request_hash !== requestHash) {
        throw new ButikError('IDEMPOTENCY_KEY_REUSED', { details: { operation: known.operation } });
      }
      return { answer: JSON.parse(known.answer) as Answer, replayed: true };
    });
  };
}
export type AnswerOnce = ReturnType<typeof createAnswerOnce>;
