import type { TableName } from '../capture/describe-table.ts';
import type { Replica } from './definition.ts';
import { parseOffset, type ShapeOffset } from './offset.ts';

export interface ShapeRequest {
  table: TableName;
  where: string | null;
  params: Record<string, string>;
  columns: string[] | null;
  replica: Replica;
  changesOnly: boolean;
  offset: ShapeOffset;
  /** The offset as it was written, for the etag. */
  offsetText: string;
  handle: string | null;
  live: boolean;
  /** A live answer is a stream of server-sent events. */
  sse: boolean;
  cursor: number | null;
  /** A handle that the client will not take again. */
  expiredHandle: string | null;
}

export type FieldErrors = Record<string, string[]>;
export type ParsedRequest = { ok: true; request: ShapeRequest } | { ok: false; errors: FieldErrors };

/**
 * Reads the query of `GET /v1/shape`; parameters it does not know are ignored, as Electric does. A table
 * without a schema is one of `defaultSchema`.
 */
export function parseRequest(query: URLSearchParams, defaultSchema: string): ParsedRequest {
  const errors: FieldErrors = {};
  const refuse = (field: string, reason: string) => {
    errors[field] = [...(errors[field] ?? []), reason];
  };
  const oneOf = <T extends string>(field: string, allowed: readonly T[], fallback: T): T => {
    const value = query.get(field) || fallback;
    if (!(allowed as readonly string[]).includes(value))
      refuse(field, `must be one of: ${allowed.join(', ')}`);
    return value as T;
  };

  const table = parseTable(query.get('table') ?? '', defaultSchema);
  if (!table) refuse('table', query.get('table') ? 'is not a table name' : "can't be blank");
  const columns = query.has('columns') ? parseNames(query.get('columns')!, ',') : null;
  if (query.has('columns') && !columns) refuse('columns', 'is not a list of column names');
  const replica = oneOf('replica', ['default', 'full'], 'default');
  const log = oneOf('log', ['full', 'changes_only'], 'full');
  const live = oneOf('live', ['true', 'false'], 'false') === 'true';
  const sse = query.get('live_sse') === 'true' || query.get('experimental_live_sse') === 'true';
  if (sse && !live) refuse('live_sse', "can't be true unless live is also true");

  const offsetText = query.get('offset') ?? '';
  const offset = parseOffset(offsetText);
  if (!offset) refuse('offset', offsetText === '' ? "can't be blank" : 'has invalid format');
  const fromStart = offset?.kind === 'start' || offset?.kind === 'now';
  const handle = query.get('handle') || null;
  if (offset && !fromStart && !handle) refuse('handle', "can't be blank when offset != -1");
  if (fromStart && live) refuse('live', `can't be true when offset == ${offsetText}`);

  if (!table || !offset || Object.keys(errors).length > 0) return { ok: false, errors };
  return {
    ok: true,
    request: {
      table,
      where: query.get('where') || null,
      params: parseParams(query),
      columns,
      replica,
      changesOnly: log === 'changes_only',
      offset,
      offsetText,
      handle,
      live,
      sse,
      cursor: /^\d{1,15}$/.test(query.get('cursor') ?? '') ? Number(query.get('cursor')) : null,
      expiredHandle: query.get('expired_handle') || null,
    },
  };
}

/** `params[1]=a&params[2]=b`, by number. */
function parseParams(query: URLSearchParams): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [name, value] of query) {
    const number = /^params\[(\d{1,4})\]$/.exec(name)?.[1];
    if (number) params[number] = value;
  }
  return params;
}

export function parseTable(text: string, defaultSchema: string): TableName | null {
  const names = parseNames(text, '.');
  if (!names || names.length > 2) return null;
  const [schema, table] = names.length === 2 ? names : [defaultSchema, names[0]];
  return { schema: schema!, table: table! };
}

/** Names as SQL reads them: quoted ones as they are, others in lower case. */
function parseNames(text: string, separator: ',' | '.'): string[] | null {
  const name = /\s*(?:"((?:[^"\0]|"")+)"|([A-Za-z_][\w$]*))\s*(.|$)/y;
  const names: string[] = [];
  for (;;) {
    const match = name.exec(text);
    if (!match) return null;
    names.push(match[1] !== undefined ? match[1].replaceAll('""', '"') : match[2]!.toLowerCase());
    if (match[3] === '' && name.lastIndex === text.length) return names;
    if (match[3] !== separator) return null;
  }
}
