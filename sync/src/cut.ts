import {
  type CollectionLog,
  type CutMessage,
  createCollectionLog,
  type StreamPlace,
  type Taken,
} from './collection-log.ts';

/** One state of all collections at one position of the hub's log, ready to be committed whole. */
export interface Cut {
  /** The hub's log position, decimal. */
  position: string;
  collections: Map<string, Taken>;
}

/**
 * Gathers what the streams of all collections deliver until it makes a consistent cut: the rows of
 * every collection as they were at one position of the hub's log. Pure; the caller commits.
 */
export interface CutBuilder {
  /** Takes a batch as its stream delivered it, with where the stream stood after it. */
  onMessages(collection: string, messages: readonly CutMessage[], place: StreamPlace): void;
  /**
   * The collection's rows are loaded anew (first load or refetch). What was gathered of it is
   * dropped; until it is up to date its rows go to staging, not through here, and no cut is made.
   */
  restart(collection: string): void;
  isStaging(collection: string): boolean;
  /** The next cut, or null while there is none. What it holds is given out once. */
  take(): Cut | null;
  /** Collections that hold the next cut back and should ask the hub for its position now. */
  lagging(): string[];
  /** Changes of a collection that are held in memory. */
  size(collection: string): number;
}

export function createCutBuilder(collections: readonly string[]): CutBuilder {
  const logs = new Map<string, CollectionLog>(collections.map((name) => [name, createCollectionLog()]));
  let lastPosition = -1n;

  function log(collection: string): CollectionLog {
    const found = logs.get(collection);
    if (!found) throw new Error(`no collection ${collection}`);
    return found;
  }

  /** The position that everything already delivered needs: the newest change or finished load. */
  function needed(): bigint {
    return highest([...logs.values()].map((each) => each.needs()));
  }

  return {
    onMessages: (collection, messages, place) => log(collection).add(messages, place),
    restart: (collection) => log(collection).restart(),
    isStaging: (collection) => log(collection).isStaging(),
    take() {
      const positions = [...logs.values()].map((each) => each.upToDateAt());
      if (positions.some((position) => position === null)) return null;
      const position = lowest(positions as bigint[]);
      if ([...logs.values()].some((each) => each.loadedAt() > position)) return null;
      const isNews = position > lastPosition || [...logs.values()].some((each) => each.loadedAt() >= 0n);
      if (!isNews) return null;
      lastPosition = position;
      return {
        position: String(position),
        collections: new Map([...logs].map(([name, each]) => [name, each.take(position)])),
      };
    },
    lagging() {
      const target = needed();
      const lags = (position: bigint | null) => position !== null && position < target;
      return [...logs].filter(([, each]) => lags(each.upToDateAt())).map(([name]) => name);
    },
    size: (collection) => log(collection).size(),
  };
}

function lowest(positions: readonly bigint[]): bigint {
  return positions.toSorted(ascending)[0]!;
}

function highest(positions: readonly bigint[]): bigint {
  return positions.toSorted(ascending).at(-1)!;
}

function ascending(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
