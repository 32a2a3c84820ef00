import { sql as template } from 'drizzle-orm';
import type { Migration } from '../../kernel/sql/migrate.ts';

/**
 * The log and what is kept beside it. A position (`lsn`) belongs to one transaction. It is taken by updating
 * the single row of `feed.position`, whose row lock is held to the commit: positions are therefore in
 * commit order without gaps, and whoever reads position P in a snapshot sees exactly the transactions up to P.
 */
export const FEED_MIGRATIONS: readonly Migration[] = [
  {
    id: '1-log',
    up: `
      CREATE SCHEMA IF NOT EXISTS feed;
      CREATE TABLE feed.position (
        id boolean PRIMARY KEY DEFAULT true CHECK (id),
        lsn bigint NOT NULL,
        floor bigint NOT NULL
      ) WITH (fillfactor = 10);
      COMMENT ON COLUMN feed.position.floor IS 'Entries up to this position have been compacted away.';
      INSERT INTO feed.position (lsn, floor) VALUES (1, 0);
      CREATE TABLE feed.log (
        relation text NOT NULL,
        lsn bigint NOT NULL,
        op integer NOT NULL,
        operation text NOT NULL CHECK (operation IN ('insert', 'update', 'delete')),
        old jsonb,
        new jsonb,
        txid bigint NOT NULL,
        PRIMARY KEY (relation, lsn, op)
      );
      CREATE TABLE feed.marks (at timestamptz PRIMARY KEY, lsn bigint NOT NULL);
      COMMENT ON TABLE feed.marks IS 'Which position was reached when; compaction turns an age into a position.';
    `,
  },
  {
    id: '2-claim',
    // The setting lasts to the end of the transaction and goes back with a savepoint, as the update does.
    up: template.raw(`
      CREATE FUNCTION feed.claim_position(changed text, OUT at_lsn bigint, OUT at_op integer)
      LANGUAGE plpgsql AS $claim$
      DECLARE held text := coalesce(current_setting('feed.held', true), '');
      BEGIN
        IF held = '' THEN
          UPDATE feed.position SET lsn = lsn + 1 RETURNING lsn INTO at_lsn;
          at_op := 0;
        ELSE
          at_lsn := split_part(held, '_', 1);
          at_op := split_part(held, '_', 2);
        END IF;
        PERFORM pg_notify('feed', 'table:' || changed);
      END $claim$`),
  },
  {
    id: '3-shapes',
    up: `
      CREATE TABLE feed.shapes (
        handle text PRIMARY KEY,
        definition_key text NOT NULL,
        relation text NOT NULL,
        snapshot_lsn bigint,
        chunk_count integer,
        snapshot_bytes bigint NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        used_at timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      CREATE INDEX shapes_definition ON feed.shapes (definition_key, created_at DESC);
      CREATE UNLOGGED TABLE feed.shape_chunks (
        handle text NOT NULL,
        n integer NOT NULL,
        body text NOT NULL,
        PRIMARY KEY (handle, n)
      );
      ALTER TABLE feed.shape_chunks ALTER COLUMN body SET STORAGE EXTERNAL;
      CREATE TABLE feed.collections (name text PRIMARY KEY, version integer NOT NULL);
    `,
  },
  {
    id: '4-captures',
    up: `
      CREATE TABLE feed.captures (
        relation text PRIMARY KEY,
        id uuid NOT NULL DEFAULT gen_random_uuid(),
        table_oid oid NOT NULL,
        signature text NOT NULL,
        filenode oid NOT NULL,
        since_lsn bigint NOT NULL
      );
      COMMENT ON COLUMN feed.captures.id IS 'Shapes of one capture go on by the log; those of an earlier one do not.';
      COMMENT ON COLUMN feed.captures.since_lsn IS 'Entries up to this position are of an earlier capture.';
    `,
  },
  {
    id: '5-signature',
    // Anything that changes what a row's texts mean, or which name they are logged under, changes this.
    up: template.raw(`
      CREATE FUNCTION feed.table_signature(looked_at oid) RETURNS text
      LANGUAGE sql STABLE SET search_path = pg_catalog AS $signature$
        SELECT md5(concat_ws('/', c.oid, n.nspname, c.relname,
          (SELECT i.indkey::text FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary),
          (SELECT string_agg(concat_ws(':', a.attnum, a.attname, a.atttypid, a.atttypmod, a.attndims, a.attnotnull), '/'
            ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = looked_at
      $signature$`),
  },
  {
    id: '6-retire',
    // Called by a capture that finds its table altered, in the transaction of whoever writes to it next.
    up: template.raw(`
      CREATE FUNCTION feed.retire_capture(changed text) RETURNS void LANGUAGE plpgsql AS $retire$
      DECLARE dropped text;
      BEGIN
        DELETE FROM feed.captures WHERE relation = changed;
        IF NOT FOUND THEN RETURN; END IF;
        FOR dropped IN DELETE FROM feed.shapes WHERE relation = changed RETURNING handle LOOP
          DELETE FROM feed.shape_chunks WHERE handle = dropped;
          PERFORM pg_notify('feed', 'shape:' || dropped);
        END LOOP;
        PERFORM pg_notify('feed', 'schema:');
        PERFORM pg_notify('feed', 'table:' || changed);
      END $retire$`),
  },
];

/** Names in the schema `feed` that no collection may have. */
export const RESERVED_NAMES = [
  'position',
  'log',
  'marks',
  'shapes',
  'shape_chunks',
  'collections',
  'captures',
];
