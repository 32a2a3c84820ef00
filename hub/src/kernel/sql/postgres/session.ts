import { ButikError } from '@butik/proto/errors/butik-error';
import type { ClientBase, ClientConfig } from 'pg';

const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_IN_TRANSACTION_MS = 60_000;
const KEEP_ALIVE_AFTER_MS = 10_000;
const OLDEST_VERSION = 150_000;

/** How pg connects; what the address itself says counts more. */
export function connectionConfig(url: string, statementTimeoutMs: number) {
  return {
    connectionString: url,
    application_name: 'butik-hub',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  } satisfies ClientConfig;
}

/**
 * Sets what the hub relies on in a new session, whatever the server, the database or the role has set: commits
 * that are durable when they return, and values whose text is the same everywhere.
 */
export async function prepareSession(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ version: number; commit: string }>(`
    SELECT current_setting('server_version_num')::integer AS version,
      set_config('synchronous_commit', CASE current_setting('synchronous_commit')
        WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false) AS commit,
      set_config('timezone', 'UTC', false), set_config('datestyle', 'ISO, MDY', false),
      set_config('intervalstyle', 'postgres', false), set_config('bytea_output', 'hex', false),
      set_config('extra_float_digits', '1', false), set_config('client_encoding', 'UTF8', false)`);
  const { version, commit } = rows[0]!;
  if (version < OLDEST_VERSION)
    throw unfit(`It is PostgreSQL ${version / 10_000}; the hub needs 15 or later.`);
  if (commit !== 'on' && commit !== 'remote_apply') {
    throw unfit(`synchronous_commit is ${commit}: acknowledged writes could be lost.`);
  }
}

function unfit(message: string): ButikError {
  return new ButikError('SERVICE_UNAVAILABLE', { message, details: { part: 'sql' } });
}
