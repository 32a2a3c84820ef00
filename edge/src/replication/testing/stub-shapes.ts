import type { ServerResponse } from 'node:http';
import { type Collection, columnType } from '@butik/proto/collections/define-collection';
import { COLLECTIONS } from '@butik/proto/collections/registry';

type Row = Record<string, unknown>;
type Change = { collection: string; operation: 'insert' | 'update' | 'delete'; value: Row };

/** For tests: the hub's collections behind as much of Electric's protocol as the client needs. */
export interface StubShapes {
  /** Commits changes in one transaction: one position, seen by every collection at once. */
  commit(changes: Change[]): void;
  /** The collection's shape starts over under another handle, with these rows. */
  startOver(collection: string, rows: Row[], handle?: string): void;
  /** Requests so far, as `COLLECTION OFFSET` with ` live` for those that wait. */
  requests: string[];
  /** Rows a chunk of a snapshot has. */
  chunkRows: number;
  respond(query: URLSearchParams, response: ServerResponse): void;
  close(): void;
}

interface Shape {
  handle: string;
  rows: Map<string, Row>;
  /** The snapshot's rows, as they were when it was asked for first; the log counts from its position on. */
  snapshot: { rows: Row[]; position: number } | null;
  log: { position: number; op: number; change: Change }[];
}

const PG_TYPES = { uuid: 'uuid', text: 'text', integer: 'int4', boolean: 'bool', json: 'jsonb' } as const;

export function createStubShapes(): StubShapes {
  let position = 1;
  let handles = 0;
  const waiting = new Set<() => void>();
  const shapes = new Map<string, Shape>(
    COLLECTIONS.map(({ name }) => [
      name,
      { handle: `${name}-${++handles}`, rows: new Map(), snapshot: null, log: [] },
    ]),
  );

  function wake(): void {
    for (const answer of [...waiting]) answer();
  }

  const stub: StubShapes = {
    requests: [],
    chunkRows: 1_000,
    commit(changes) {
      position += 1;
      changes.forEach((change, op) => {
        const shape = shapes.get(change.collection)!;
        const id = String(change.value.id);
        if (change.operation === 'delete') shape.rows.delete(id);
        else shape.rows.set(id, { ...shape.rows.get(id), ...change.value });
        shape.log.push({ position, op, change });
      });
      wake();
    },
    startOver(collection, rows, handle = `${collection}-${++handles}`) {
      position += 1;
      shapes.set(collection, {
        handle,
        rows: new Map(rows.map((row) => [String(row.id), row])),
        snapshot: null,
        log: [],
      });
      wake();
    },
    respond(query, response) {
      const name = query.get('collection')!;
      const isLive = query.get('live') === 'true';
      stub.requests.push(`${name} ${query.get('offset')}${isLive ? ' live' : ''}`);
      if ([...query.keys()].includes('box')) throw new Error('the notes key was sent');
      const answerNow = () => {
        waiting.delete(answerNow);
        answer(name, query, response);
      };
      if (isLive && !hasNews(shapes.get(name)!, query)) {
        waiting.add(answerNow);
        response.on('close', () => waiting.delete(answerNow));
      } else answerNow();
    },
    close: () => waiting.clear(),
  };

  function answer(name: string, query: URLSearchParams, response: ServerResponse): void {
    const shape = shapes.get(name)!;
    const collection = COLLECTIONS.find((each) => each.name === name)!;
    const offset = query.get('offset')!;
    if (offset !== '-1' && query.get('handle') !== shape.handle) {
      response.writeHead(409, { 'electric-handle': shape.handle, 'content-type': 'application/json' });
      response.end(JSON.stringify([{ headers: { control: 'must-refetch' } }]));
      return;
    }
    const page = offset === '-1' || offset.startsWith('0_') ? snapshotPage(collection, shape, offset) : null;
    const { messages, next } = page ?? logPage(collection, shape, offset);
    const isUpToDate = page === null;
    if (isUpToDate)
      messages.push({ headers: { control: 'up-to-date', global_last_seen_lsn: String(position) } });
    response.writeHead(200, {
      'content-type': 'application/json',
      'electric-handle': shape.handle,
      'electric-offset': next,
      'electric-schema': JSON.stringify(schemaOf(collection)),
      ...(query.get('live') === 'true' && { 'electric-cursor': String(stub.requests.length) }),
      ...(isUpToDate && { 'electric-up-to-date': '' }),
    });
    response.end(JSON.stringify(messages));
  }

  /** Chunk N ends at offset `0_N`; null when the snapshot is over and the log goes on. */
  function snapshotPage(collection: Collection, shape: Shape, offset: string) {
    shape.snapshot ??= { rows: [...shape.rows.values()], position };
    const chunk = offset === '-1' ? 0 : Number(offset.slice(2)) + 1;
    const rows = shape.snapshot.rows.slice(chunk * stub.chunkRows, (chunk + 1) * stub.chunkRows);
    if (offset !== '-1' && rows.length === 0) return null;
    const messages: object[] = rows.map((value) => ({
      key: String(value.id),
      value: asText(collection, value),
      headers: { operation: 'insert' },
    }));
    return { messages, next: `0_${chunk}` };
  }

  function logPage(collection: Collection, shape: Shape, offset: string) {
    const [at, op] = offset.startsWith('0_')
      ? [shape.snapshot!.position, Infinity]
      : offset.split('_').map(Number);
    const entries = shape.log.filter(
      (entry) => entry.position > at! || (entry.position === at && entry.op > op!),
    );
    const messages: object[] = entries.map((entry) => ({
      key: String(entry.change.value.id),
      value: asText(collection, entry.change.value),
      headers: { operation: entry.change.operation, lsn: String(entry.position), op_position: entry.op },
    }));
    const last = entries.at(-1);
    return { messages, next: last ? `${last.position}_${last.op}` : offset };
  }
  return stub;
}

function hasNews(shape: Shape, query: URLSearchParams): boolean {
  if (query.get('handle') !== shape.handle) return true;
  const offset = query.get('offset')!;
  const [at, op] = offset.startsWith('0_')
    ? [shape.snapshot?.position ?? 0, Infinity]
    : offset.split('_').map(Number);
  return shape.log.some((entry) => entry.position > at! || (entry.position === at && entry.op > op!));
}

function schemaOf({ columns }: Collection): Record<string, { type: string }> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, spec]) => [name, { type: PG_TYPES[columnType(spec).type] }]),
  );
}

/** Values travel as PostgreSQL's text. */
function asText({ columns }: Collection, row: Row): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      const isJson = columnType(columns[name]!).type === 'json';
      return [name, value === null ? null : isJson ? JSON.stringify(value) : String(value)];
    }),
  );
}
