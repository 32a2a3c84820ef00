import { sql as template } from 'drizzle-orm';
import type { Sql, SqlTx } from '../../kernel/sql/sql.ts';
import { describeTable } from '../capture/describe-table.ts';
import { quoteLiteral, quoteName } from '../capture/quote.ts';
import { type ShapeDefinition, selectedColumns } from './definition.ts';
import { keyPrefix } from './messages.ts';
import { insertShape, newHandle, type StoredShape } from './shape-store.ts';

/** Rows taken from the cursor at a time; between two of them the process does other things. */
const FETCH_ROWS = 2000;

export interface SnapshotOptions {
  chunkBytes: number;
  /** In the order of the key, which a client's store takes in faster; else as the table has them. */
  sorted: boolean;
}

/**
 * Writes the shape's rows as they are at one position to `feed.shape_chunks`, under a new handle, each chunk a JSON array of
 * about `chunkBytes`; there is at least one chunk, and the last one ends with a message that says so. One chunk is in memory at a time. It runs in a
 * transaction with one view of the database, so that rows and position belong together, and the table is
 * locked against ALTER before the view is taken. Returns null when it is not the definition's any more.
 */
export async function takeSnapshot(
  sql: Sql,
  definition: ShapeDefinition,
  { chunkBytes, sorted }: SnapshotOptions,
): Promise<StoredShape | null> {
  const { table } = definition;
  const handle = newHandle(definition);
  return sql.transaction(async (tx) => {
    await tx.rows(template`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`);
    await tx.rows(template.raw(`LOCK TABLE ${table.relation} IN ACCESS SHARE MODE`));
    if ((await describeTable(tx, table))?.signature !== table.signature) return null;
    const [position] = await tx.rows<{ lsn: string }>(template`SELECT lsn::text AS lsn FROM feed.position`);
    await tx.rows(template`SELECT set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO', true),
      set_config('intervalstyle', 'postgres', true), set_config('bytea_output', 'hex', true),
      set_config('extra_float_digits', '1', true)`);
    await tx.rows(template.raw(`DECLARE snapshot NO SCROLL CURSOR FOR ${messagesQuery(definition, sorted)}`));
    let chunkCount = 0;
    let bytes = 0;
    let pending: string[] = [];
    let pendingBytes = 0;
    const write = async () => {
      await writeChunk(tx, handle, chunkCount++, `[${pending.join(',\n')}]`);
      bytes += pendingBytes;
      pending = [];
      pendingBytes = 0;
    };
    for (;;) {
      const rows = await tx.rows<{ message: string }>(template.raw(`FETCH ${FETCH_ROWS} FROM snapshot`));
      for (const { message } of rows) {
        if (pendingBytes >= chunkBytes) await write();
        pending.push(message);
        pendingBytes += message.length;
      }
      if (rows.length < FETCH_ROWS) break;
    }
    pending.push(await endMessage(tx));
    await write();
    await tx.rows(template`CLOSE snapshot`);
    return insertShape(tx, definition, handle, { lsn: Number(position!.lsn), chunkCount, bytes });
  });
}

/** Which transactions the snapshot has, in PostgreSQL's own terms. */
async function endMessage(tx: SqlTx): Promise<string> {
  const [seen] = await tx.rows<{ xmin: string; xmax: string; xip_list: string[] }>(template`
    SELECT pg_snapshot_xmin(s)::text AS xmin, pg_snapshot_xmax(s)::text AS xmax,
      ARRAY(SELECT pg_snapshot_xip(s)::text) AS xip_list FROM pg_current_snapshot() s`);
  return JSON.stringify({ headers: { control: 'snapshot-end', ...seen! } });
}

async function writeChunk(tx: SqlTx, handle: string, n: number, body: string): Promise<void> {
  await tx.rows(template`INSERT INTO feed.shape_chunks (handle, n, body) VALUES (${handle}, ${n}, ${body})`);
}

/** One column, the finished message: PostgreSQL writes the JSON, so that a row costs no object here. */
function messagesQuery(definition: ShapeDefinition, sorted: boolean): string {
  const { table, where } = definition;
  const values = selectedColumns(definition).map(
    (name) => `t.${quoteName(name)}::text AS ${quoteName(name)}`,
  );
  const keys = table.key.map((name) => `t.${quoteName(name)}`);
  const keyText = keys
    .map((key) => `'/' || coalesce('"' || replace(${key}::text, '/', '//') || '"', '_')`)
    .join(' || ');
  // Without a primary key there may be columns that have no order.
  const keyed = table.columns.some(({ keyIndex }) => keyIndex !== null);
  const order = sorted && keyed ? ` ORDER BY ${keys.join(', ')}` : '';
  const headers = JSON.stringify({ operation: 'insert', relation: [table.schema, table.table] });
  const source = `SELECT * FROM ${table.relation} AS ${quoteName(table.table)}`;
  return `SELECT '{"key":' || to_json(${quoteLiteral(keyPrefix(table))} || ${keyText})::text
      || ',"value":' || (SELECT row_to_json(r.*) FROM (SELECT ${values.join(', ')}) r)::text
      || ${quoteLiteral(`,"headers":${headers}}`)} AS message
    FROM (${source}${where === null ? '' : ` WHERE (${where})`}) t${order}`;
}
