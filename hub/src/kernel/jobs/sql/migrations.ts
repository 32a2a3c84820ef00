import type { Migration } from '../../sql/migrate.ts';

export const migrations: readonly Migration[] = [
  {
    id: '1-jobs',
    up: `
      CREATE SCHEMA IF NOT EXISTS jobs;
      -- One row a name and id. \`due_at\` is when it may be taken: of one that runs, when its lease ends.
      -- \`follow_at\` is set while one runs that was enqueued again meanwhile; the payload is then the new one.
      CREATE TABLE jobs.job (
        name text NOT NULL,
        id text NOT NULL,
        payload text NOT NULL,
        traceparent text,
        state text NOT NULL CHECK (state IN ('waiting', 'running', 'failed')),
        due_at timestamptz NOT NULL,
        follow_at timestamptz,
        attempts integer NOT NULL DEFAULT 0,
        lease uuid,
        error text,
        failed_at timestamptz,
        PRIMARY KEY (name, id));
      CREATE INDEX job_due ON jobs.job (name, due_at) WHERE state <> 'failed';
      CREATE INDEX job_failed ON jobs.job (name, failed_at) WHERE state = 'failed';
      CREATE TABLE jobs.schedule (
        name text PRIMARY KEY,
        every_ms bigint NOT NULL,
        next_at timestamptz NOT NULL,
        busy_until timestamptz NOT NULL,
        lease uuid);
    `,
  },
];
