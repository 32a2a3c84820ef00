import type { PGlite } from '@electric-sql/pglite';

/** PostgreSQL's single-user mode has no background processes: nobody checkpoints or vacuums but us. */
export interface Housekeeping {
  /** WAL bytes after which a checkpoint is due; it bounds the disk used and the time of a restart. */
  checkpointWalBytes: number;
  /** Dead rows after which a table is vacuumed. */
  vacuumDeadRows: number;
}

export const HOUSEKEEPING: Housekeeping = {
  checkpointWalBytes: 256 * 1024 * 1024,
  vacuumDeadRows: 10_000,
};

/** One round: a checkpoint if enough WAL was written, then a vacuum of the tables that need it. */
export async function keepHouse(pg: PGlite, limits: Housekeeping = HOUSEKEEPING): Promise<void> {
  const { rows } = await pg.query<{ due: boolean }>(
    `SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn) > $1 AS due FROM pg_control_checkpoint()`,
    [limits.checkpointWalBytes],
  );
  if (rows[0]?.due) await pg.query('CHECKPOINT');
  // PostgreSQL keeps its counts back for up to a minute otherwise.
  await pg.query('SELECT pg_stat_force_next_flush()');
  const bloated = await pg.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, relname) AS name FROM pg_stat_user_tables
     WHERE n_dead_tup > $1 AND n_dead_tup > n_live_tup / 5
        OR n_mod_since_analyze > $1 AND n_mod_since_analyze > n_live_tup / 5`,
    [limits.vacuumDeadRows],
  );
  for (const { name } of bloated.rows) await pg.query(`VACUUM (ANALYZE) ${name}`);
}
