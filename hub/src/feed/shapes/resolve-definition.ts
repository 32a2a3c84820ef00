import { sql as template } from 'drizzle-orm';
import type { Sql } from '../../kernel/sql/sql.ts';
import { describeTable, type TableDescription, type TableName } from '../capture/describe-table.ts';
import { quoteName } from '../capture/quote.ts';
import { databaseReason } from './database-reason.ts';
import { defineShape, type ShapeDefinition } from './definition.ts';
import type { FieldErrors, ShapeRequest } from './parse-request.ts';
import { checkWhere } from './where.ts';

export type Resolved = { ok: true; definition: ShapeDefinition } | { ok: false; errors: FieldErrors };

export interface Definitions {
  /** The definition that a request names, with the table as it is now; or what is wrong with it. */
  resolve(request: ShapeRequest): Promise<Resolved>;
  /** To be called when a table may have changed. */
  forget(): void;
}

const MAX_CHECKED = 10_000;

export function definitions(sql: Sql): Definitions {
  const tables = new Map<string, TableDescription>();
  const checked = new Set<string>();

  async function table(name: TableName): Promise<TableDescription | null> {
    const id = `${name.schema}\0${name.table}`;
    const known = tables.get(id);
    if (known) return known;
    const described = await describeTable(sql, name);
    if (!described?.captured) return null;
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
    forget() {
      tables.clear();
      checked.clear();
    },
  };
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

/** Lets PostgreSQL itself read the condition, over no rows. */
async function whyNotCondition(sql: Sql, table: TableDescription, where: string): Promise<string | null> {
  try {
    const from = `${table.relation} AS ${quoteName(table.table)}`;
    await sql.rows(template.raw(`SELECT FROM ${from} WHERE (${where}) LIMIT 0`));
    return null;
  } catch (error) {
    const reason = databaseReason(error, ['22', '42']);
    if (reason === null) throw error;
    return reason;
  }
}

function refused(field: string, reason: string): Resolved {
  return { ok: false, errors: { [field]: [reason] } };
}
