/** A change as the hub's shape log carries it; a snapshot's row has no `lsn`. */
export interface CutChange {
  value: Record<string, unknown>;
  headers: { operation: 'insert' | 'update' | 'delete'; lsn?: string; op_position?: number };
}
export type CutMessage = CutChange | { headers: { control: string; global_last_seen_lsn?: string } };

/** Where a stream stands: what to resume from. */
export interface StreamPlace {
  handle: string;
  offset: string;
}

/** What a cut takes of one collection. */
export interface Taken {
  changes: CutChange[];
  /** The staged rows are complete and replace the collection's; `changes` come after them. */
  refetched: boolean;
  /** Where to resume so that exactly what comes after the cut is sent again; null when nothing came yet. */
  place: StreamPlace | null;
}

/** What has come of one collection and is in no cut yet. Positions are those of the hub's log. */
export interface CollectionLog {
  add(messages: readonly CutMessage[], place: StreamPlace): void;
  restart(): void;
  isStaging(): boolean;
  /** The latest position that the collection is complete up to; null before the first. */
  upToDateAt(): bigint | null;
  /** The position at which the staged rows count; -1 when none are waiting. */
  loadedAt(): bigint;
  /** The position that a cut must reach to take everything that has come. */
  needs(): bigint;
  take(position: bigint): Taken;
  size(): number;
}

interface Waiting {
  position: bigint;
  change: CutChange;
  /** Set on the last change of a delivered batch: where the stream stood after it. */
  place?: StreamPlace;
}

export function createCollectionLog(): CollectionLog {
  let waiting: Waiting[] = [];
  let staging = false;
  let loadedAt = -1n;
  let upToDateAt: bigint | null = null;
  let place: StreamPlace | null = null;
  let loadedPlace: StreamPlace | null = null;

  return {
    add(messages, after) {
      const changes = staging ? [] : messages.filter(isChange);
      for (const change of changes) waiting.push({ position: positionOf(change), change });
      const last = waiting.at(-1);
      if (changes.length > 0 && last) last.place = after;
      place = after;
      for (const message of messages) {
        if (isChange(message) || message.headers.control !== 'up-to-date') continue;
        const position = BigInt(message.headers.global_last_seen_lsn ?? '0');
        if (upToDateAt === null || position > upToDateAt) upToDateAt = position;
        if (staging) {
          staging = false;
          loadedAt = upToDateAt;
          loadedPlace = after;
        }
      }
    },
    restart() {
      waiting = [];
      staging = true;
      loadedAt = -1n;
      upToDateAt = null;
      place = null;
      loadedPlace = null;
    },
    isStaging: () => staging,
    upToDateAt: () => upToDateAt,
    loadedAt: () => loadedAt,
    needs: () => waiting.map(({ position }) => position).reduce(later, loadedAt),
    take(position) {
      const refetched = loadedAt >= 0n;
      loadedAt = -1n;
      const upTo = waiting.findIndex((each) => each.position > position);
      const taken = upTo === -1 ? waiting : waiting.slice(0, upTo);
      waiting = upTo === -1 ? [] : waiting.slice(upTo);
      const resume = placeAfter(taken, waiting, place) ?? (refetched ? loadedPlace : null);
      return { changes: taken.map(({ change }) => change), refetched, place: resume };
    },
    size: () => waiting.length,
  };
}

export function isChange(message: CutMessage): message is CutChange {
  return 'operation' in message.headers;
}

function positionOf(change: CutChange): bigint {
  if (change.headers.lsn === undefined) throw new Error('a change outside a load has no position');
  return BigInt(change.headers.lsn);
}

function later(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

/** After everything: where the stream stands. Otherwise the place of the last change taken, `LSN_OP`. */
function placeAfter(taken: Waiting[], left: Waiting[], now: StreamPlace | null): StreamPlace | null {
  if (left.length === 0 || now === null) return now;
  const last = taken.at(-1);
  if (!last) return null;
  if (last.place) return last.place;
  const { lsn, op_position } = last.change.headers;
  return { handle: now.handle, offset: `${lsn}_${op_position ?? 0}` };
}
