/** A place in a shape's log: after the entry `op` of the transaction `lsn`. */
export interface LogOffset {
  lsn: number;
  op: number;
}

/** What a client has; `snapshot` is the snapshot up to a chunk, `tail` all of it. */
export type ShapeOffset =
  | { kind: 'start' }
  | { kind: 'now' }
  | { kind: 'snapshot'; chunk: number }
  | { kind: 'tail' }
  | { kind: 'log'; at: LogOffset };

/** After the last operation of a transaction, however many it has; it fits PostgreSQL's integer. */
export const LAST_OP = 2_147_483_647;

/** `-1`, `now`, `0_inf`, `0_N` (the snapshot up to chunk N, from 0) or `LSN_OP`; null when it is none of these. */
export function parseOffset(text: string): ShapeOffset | null {
  if (text === '-1') return { kind: 'start' };
  if (text === 'now') return { kind: 'now' };
  if (text === '0_inf') return { kind: 'tail' };
  const match = /^(\d{1,20})_(\d{1,20}|inf)$/.exec(text);
  if (!match) return null;
  const lsn = Math.min(Number(match[1]), Number.MAX_SAFE_INTEGER);
  const op = match[2] === 'inf' ? LAST_OP : Math.min(Number(match[2]), LAST_OP);
  return lsn === 0 ? { kind: 'snapshot', chunk: op } : { kind: 'log', at: { lsn, op } };
}

export function formatOffset({ lsn, op }: LogOffset): string {
  return `${lsn}_${op}`;
}
