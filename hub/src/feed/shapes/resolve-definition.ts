import { ButikError } from '@butik/proto/errors/butik-error';
import type { Sql } from '../../kernel/sql/sql.ts';
import { describeTable, type TableDescription, type TableName } from '../capture/describe-table.ts';
import { ensureCapture } from '../capture/ensure-capture.ts';
import { relationName } from '../capture/quote.ts';
import { whyNotCondition } from './check-condition.ts';
import { databaseError, databaseReason } from './database-reason.ts';
import { defineShape, type ShapeDefinition } from './definition.ts';
import type { FieldErrors, ShapeRequest } from './parse-request.ts';
import { checkWhere } from './where.ts';

export type Resolved = { ok: true; definition: ShapeDefinition } | { ok: false; errors: FieldErrors };

export interface Definitions {
  /** The definition that a request names, with the table as it is now; or what is wrong with it. */
  resolve(request: ShapeRequest): Promise<Resolved>;
  /** Whether the table is still the one that the definition was made of. */
  isCurrent(definition: ShapeDefinition): Promise<boolean>;
  /** To be called when a table may have changed. */
  forget(): void;
}

const MAX_CHECKED = 10_000;

/**
 * With `captureAny`, any table may be followed, is captured when it is first asked for, and may be altered by
 * others at any time: it is looked at again for each request. Else only captured tables are, and whoever
 * alters one notifies.
 */
export function definitions(sql: Sql, { captureAny }: { captureAny: boolean }): Definitions {
  const tables = new Map<string, TableDescription>();
  const checked = new Set<string>();

  async function table(name: TableName): Promise<TableDescription | null | string> {
    if (captureAny) return captured(sql, name);
    const id = `${name.schema}\0${name.table}`;
    const known = tables.get(id);
    if (known) return known;
    const described = await describeTable(sql, name);
    if (!described?.capture) return null;
    tables.set(id, described);
    return described;
  }

  return {
    async resolve(request) {
      const found = await table(request.table);
      if (!found)
        return refused(
          'table',
          `${request.table.schema}.${request.table.table} is not a table that can be followed`,
        );
      if (typeof found === 'string') return refused('table', found);
      const columns = selectColumns(found, request.columns);
      if (typeof columns === 'string') return refused('columns', columns);
      let where: string | null = null;
      if (request.where !== null) {
        const checkedWhere = checkWhere(request.where, request.params);
        if (!checkedWhere.ok) return refused(checkedWhere.field, checkedWhere.reason);
        where = checkedWhere.sql;
      }
      const definition = defineShape({ table: found, where, columns, replica: request.replica });
      if (where !== null && !checked.has(definition.key)) {
        const reason = await whyNotCondition(sql, found, where);
        if (reason) return refused('where', reason);
        if (checked.size >= MAX_CHECKED) checked.clear();
        checked.add(definition.key);
      }
      return { ok: true, definition };
    },
    async isCurrent({ table }) {
      if (!captureAny) return true;
      const now = await describeTable(sql, table);
      return now?.capture?.id === table.capture?.id && !now?.capture?.rewritten;
    },
    forget() {
      tables.clear();
      checked.clear();
    },
  };
}

const UNDEFINED_TABLE = '42P01';
const LOCK_NOT_AVAILABLE = '55P03';

/** The table, null for one that is not there or is dropped at this moment, or why it cannot be captured. */
async function captured(sql: Sql, name: TableName): Promise<TableDescription | null | string> {
  try {
    return await ensureCapture(sql, name);
  } catch (thrown) {
    const error = databaseError(thrown);
    if (error?.code === UNDEFINED_TABLE) return null;
    if (error?.code === LOCK_NOT_AVAILABLE) {
      throw new ButikError('SERVICE_UNAVAILABLE', { details: { part: relationName(name) }, cause: thrown });
    }
    const reason = databaseReason(thrown, ['42']);
    if (reason === null) throw thrown;
    return `cannot be captured: ${reason}`;
  }
}

/** The columns in the table's order, null for all of them, or what is wrong. */
function selectColumns(table: TableDescription, columns: string[] | null): string[] | null | string {
  if (columns === null) return null;
  const names = table.columns.map(({ name }) => name);
  const unknown = columns.filter((column) => !names.includes(column));
  if (unknown.length > 0) return `names columns that are not there: ${unknown.join(', ')}`;
  const missing = table.key.filter((column) => !columns.includes(column));
  if (missing.length > 0) return `must have the primary key; it lacks: ${missing.join(', ')}`;
  return names.filter((name) => columns.includes(name));
}

function refused(field: string, reason: string): Resolved {
  return { ok: false, errors: { [field]: [reason] } };
}
