import type { Sql } from '../../kernel/sql/sql.ts';
import type { ShapeDefinition } from './definition.ts';
import { type LogPage, readPage } from './log-page.ts';
import { type ChangeMessage, toMessage } from './messages.ts';
import { formatOffset, LAST_OP, type LogOffset } from './offset.ts';
import { takeTurns } from './take-turns.ts';

export type LogRead =
  | {
      ok: true;
      /** JSON of each message, oldest first. */
      messages: string[];
      /** Everything up to here has been told. */
      reached: LogOffset;
      /** The newest position of all tables, when everything up to it has been told; else null. */
      upToDate: number | null;
    }
  | {
      /** The offset lies before the log's floor or after its end. */
      ok: false;
    };

/**
 * Reads a shape's messages strictly after `from`, up to about `chunkBytes` of them. A transaction may be
 * parted between two reads; its last message in this shape is marked `last`.
 */
export type LogReader = (definition: ShapeDefinition, from: LogOffset) => Promise<LogRead>;

/** Shapes that one query looks at together: it bounds the length of its text. */
const MAX_TOGETHER = 200;

/** Queries under way at once; the store's connections are not the feed's alone. */
const MAX_QUERIES = 4;

interface Batch {
  from: LogOffset;
  definitions: Map<string, ShapeDefinition>;
  results: Promise<Map<string, LogRead>>;
}

/**
 * Those who ask for one table from one offset in the same turn of the event loop, or while queries wait their
 * turn, are served by one query: a price of the chain wakes the shapes of all shops at once. A query that
 * has begun takes no more of them, because a caller must see everything that was committed before it asked.
 */
export function logReader(sql: Sql, chunkBytes: number): LogReader {
  const due = new Map<string, Batch>();
  const inTurn = takeTurns(MAX_QUERIES);

  function open(id: string, from: LogOffset): Batch {
    const definitions: Batch['definitions'] = new Map();
    const begin = () => {
      if (due.get(id)?.definitions === definitions) due.delete(id);
      return readBatch(sql, [...definitions.values()], from, chunkBytes);
    };
    const results = new Promise<void>((resolve) => setImmediate(resolve)).then(() => inTurn(begin));
    const batch = { from, definitions, results };
    due.set(id, batch);
    return batch;
  }

  return async (definition, from) => {
    const id = `${definition.table.relation}/${formatOffset(from)}`;
    let batch = due.get(id);
    if (!batch || batch.definitions.size >= MAX_TOGETHER) batch = open(id, from);
    batch.definitions.set(definition.key, definition);
    return (await batch.results).get(definition.key)!;
  };
}

async function readBatch(
  sql: Sql,
  definitions: readonly ShapeDefinition[],
  from: LogOffset,
  chunkBytes: number,
): Promise<Map<string, LogRead>> {
  const pages = await readPage(sql, definitions, from);
  const results = new Map<string, LogRead>();
  for (const [index, definition] of definitions.entries()) {
    results.set(definition.key, await readOn(sql, definition, from, pages[index]!, chunkBytes));
  }
  return results;
}

/** Goes on from the first page until the chunk is full or the log ends. */
async function readOn(
  sql: Sql,
  definition: ShapeDefinition,
  from: LogOffset,
  first: LogPage,
  chunkBytes: number,
): Promise<LogRead> {
  const messages: string[] = [];
  let bytes = 0;
  let held: ChangeMessage | null = null;
  const put = (message: ChangeMessage, last: boolean) => {
    const text = JSON.stringify(last ? { ...message, headers: { ...message.headers, last: true } } : message);
    messages.push(text);
    bytes += text.length;
  };
  let at = from;
  for (let page = first; ; [page] = (await readPage(sql, [definition], at)) as [LogPage]) {
    const compacted = at.lsn < page.floor || (at.lsn === page.floor && at.op < LAST_OP);
    if (compacted || at.lsn > page.position) return { ok: false };
    for (const entry of page.entries) {
      const next = toMessage(definition, entry);
      if (!next) continue;
      if (held) {
        put(held, held.headers.lsn !== next.headers.lsn);
        if (bytes >= chunkBytes) {
          const reached = { lsn: Number(held.headers.lsn), op: held.headers.op_position };
          return { ok: true, messages, reached, upToDate: null };
        }
      }
      held = next;
    }
    at = page.last ?? at;
    if (page.full) continue;
    if (held) put(held, true);
    const reached = at.lsn === page.position ? at : { lsn: page.position, op: 0 };
    return { ok: true, messages, reached, upToDate: page.position };
  }
}
