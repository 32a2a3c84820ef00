import type { Migration } from '../kernel/sql/migrate.ts';

/**
 * The journal keeps every fact for ever as it came; what is not applied yet is a row in `open_facts`,
 * which stays small. `cursors` says per channel of a box how far the journal reaches.
 */
export const intakeMigrations: Migration[] = [
  {
    id: 'intake-1',
    up: `
      CREATE SCHEMA IF NOT EXISTS intake;
      CREATE TABLE intake.journal (
        position bigint GENERATED ALWAYS AS IDENTITY,
        node uuid NOT NULL,
        epoch integer NOT NULL,
        channel text NOT NULL,
        seq bigint NOT NULL,
        id uuid NOT NULL UNIQUE,
        shop_id uuid NOT NULL,
        hlc text NOT NULL,
        type text NOT NULL,
        version integer NOT NULL,
        aggregate text NOT NULL,
        payload text NOT NULL,
        prev_hash text NOT NULL,
        hash text NOT NULL,
        received_at timestamptz NOT NULL,
        PRIMARY KEY (node, epoch, channel, seq)
      );
      CREATE TABLE intake.open_facts (
        position bigint PRIMARY KEY,
        id uuid NOT NULL,
        shop_id uuid NOT NULL,
        aggregate text NOT NULL,
        quarantined boolean NOT NULL DEFAULT false,
        attempts integer NOT NULL DEFAULT 0,
        retry_at timestamptz,
        error jsonb
      );
      CREATE INDEX open_facts_held ON intake.open_facts (shop_id, aggregate, position)
        WHERE quarantined OR retry_at IS NOT NULL;
      CREATE TABLE intake.write_offs (
        id uuid PRIMARY KEY REFERENCES intake.journal (id),
        reason text NOT NULL,
        error jsonb NOT NULL,
        written_off_at timestamptz NOT NULL
      );
      CREATE TABLE intake.cursors (
        node uuid NOT NULL,
        epoch integer NOT NULL,
        channel text NOT NULL,
        shop_id uuid NOT NULL,
        acknowledged bigint NOT NULL,
        hash text NOT NULL,
        last_received_at timestamptz,
        clock_ahead_ms bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (node, epoch, channel)
      );
    `,
  },
  {
    // What people did with quarantined facts, each line for ever; write-offs were kept without their author.
    id: 'intake-2-quarantine-actions',
    up: `
      CREATE TABLE intake.quarantine_actions (
        position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        fact_id uuid NOT NULL REFERENCES intake.journal (id),
        action text NOT NULL,
        by text NOT NULL,
        at timestamptz NOT NULL,
        reason text,
        error jsonb NOT NULL
      );
      CREATE INDEX quarantine_actions_fact ON intake.quarantine_actions (fact_id, position);
      INSERT INTO intake.quarantine_actions (fact_id, action, by, at, reason, error)
        SELECT id, 'write-off', 'unknown', written_off_at, reason, error FROM intake.write_offs
        ORDER BY written_off_at;
      DROP TABLE intake.write_offs;
    `,
  },
  {
    id: 'intake-3-traceparent',
    up: 'ALTER TABLE intake.journal ADD COLUMN traceparent text',
  },
  {
    id: 'intake-4-reoffers',
    up: `
      ALTER TABLE intake.cursors ADD COLUMN bytes bigint NOT NULL DEFAULT 0;
      CREATE TABLE intake.reoffers (
        id uuid PRIMARY KEY,
        node uuid NOT NULL,
        epoch integer NOT NULL,
        channel text NOT NULL,
        shop_id uuid NOT NULL,
        from_seq bigint NOT NULL,
        to_seq bigint NOT NULL,
        by text NOT NULL,
        at timestamptz NOT NULL,
        answered_at timestamptz,
        gone_to bigint
      );
      CREATE INDEX reoffers_open ON intake.reoffers (node, epoch, at) WHERE answered_at IS NULL;
      CREATE TABLE intake.gaps (
        node uuid NOT NULL,
        epoch integer NOT NULL,
        channel text NOT NULL,
        from_seq bigint NOT NULL,
        to_seq bigint NOT NULL,
        noted_at timestamptz NOT NULL,
        PRIMARY KEY (node, epoch, channel, from_seq)
      );
      CREATE TABLE intake.boxes (
        node uuid NOT NULL,
        epoch integer NOT NULL,
        shop_id uuid NOT NULL,
        last_seen_at timestamptz NOT NULL,
        clock_skew_ms bigint,
        PRIMARY KEY (node, epoch)
      );
    `,
  },
];
