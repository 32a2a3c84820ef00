import type { Migration } from './store.ts';

/** What was answered under each idempotency key. Kept for ever: a shop may be offline for weeks. */
export const answersMigrations: Migration[] = [
  {
    id: 'answers-1',
    up: `
      CREATE TABLE answers (
        key TEXT PRIMARY KEY,
        operation TEXT NOT NULL,
        request_hash TEXT NOT NULL,
        answer TEXT NOT NULL
      ) STRICT;
      CREATE TRIGGER answers_never_change BEFORE UPDATE ON answers
      BEGIN SELECT RAISE(ABORT, 'an answer is given once'); END;
      CREATE TRIGGER answers_are_kept BEFORE DELETE ON answers
      BEGIN SELECT RAISE(ABORT, 'answers are kept'); END;
    `,
  },
];
