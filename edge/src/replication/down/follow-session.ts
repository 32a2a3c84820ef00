import type { Collection } from '@butik/proto/collections/define-collection';
import type { BackoffLimits } from '@butik/sync/backoff';
import { type CutMessage, isChange, type StreamPlace } from '@butik/sync/collection-log';
import { createCutBuilder } from '@butik/sync/cut';
import type { ShapeStream } from '@electric-sql/client';
import type { Identity } from '../../provisioning/identity.ts';
import type { HubClient } from '../hub-client.ts';
import type { OnCut } from './follow.ts';
import { openStream } from './open-stream.ts';
import type { Replica } from './replica.ts';

/** One run of all streams; it ends with the first thing that goes wrong. */
export interface Session {
  /** Resolves with what went wrong. */
  ended: Promise<Error>;
  /** Makes streams that wait at the hub ask anew. */
  refresh(): void;
  upToDate(): boolean;
  close(): Promise<void>;
}

/** More changes than this are not held for a cut: the collection is loaded anew through staging, which needs no memory. */
const MAX_HELD_CHANGES = 10_000;
/** A collection that still lags after it asked the hub asks again after this. */
const REFRESH_AGAIN_MS = 50;

export function openSession(
  context: {
    identity: Identity;
    hub: HubClient;
    replica: Replica;
    collections: readonly Collection[];
    retry: BackoffLimits;
    onCut: OnCut;
  },
  /** A cut is on disk: what went wrong before is over. */
  onProgress: () => void,
): Session {
  const { identity, replica, collections, onCut } = context;
  const cut = createCutBuilder(collections.map(({ name }) => name));
  const closing = new AbortController();
  const { promise: ended, resolve: end } = Promise.withResolvers<Error>();
  const streams = new Map<string, ShapeStream>();
  const handles = new Map<string, string>();
  const refreshing = new Set<string>();
  let commits = Promise.resolve();
  let refreshTimer: NodeJS.Timeout | undefined;

  function fail(error: unknown): void {
    closing.abort();
    end(error instanceof Error ? error : new Error(String(error)));
  }

  function open(collection: Collection): void {
    const resumed = replica.resume(collection.name);
    if (!resumed || resumed.staging) cut.restart(collection.name);
    if (resumed) handles.set(collection.name, resumed.place.handle);
    const stream = openStream(
      { ...context, hubUrl: identity.hubUrl, nodeId: identity.nodeId, signal: closing.signal, onEnd: fail },
      collection,
      resumed?.place ?? null,
    );
    streams.set(collection.name, stream);
    stream.subscribe((messages) =>
      take(collection.name, messages as CutMessage[], {
        handle: stream.shapeHandle ?? '',
        offset: stream.lastOffset,
      }).catch(fail),
    );
  }

  async function take(name: string, messages: readonly CutMessage[], place: StreamPlace): Promise<void> {
    if (closing.signal.aborted) return;
    if (messages.some(({ headers }) => 'control' in headers && headers.control === 'must-refetch')) {
      cut.restart(name);
      handles.delete(name);
      await replica.beginLoad(name);
      return;
    }
    await refuseUnannouncedReload(name, messages, place);
    if (cut.isStaging(name)) await replica.stage(name, messages.filter(isChange), place);
    if (closing.signal.aborted) return;
    cut.onMessages(name, messages, place);
    if (cut.size(name) > MAX_HELD_CHANGES) await loadAnew(name, 'too many changes to hold for a cut');
    commits = commits.then(commitReady);
    await commits;
    refreshLagging();
  }

  /** The client starts over by itself in rare cases without saying so: rows without a position, or another handle. */
  async function refuseUnannouncedReload(
    name: string,
    messages: readonly CutMessage[],
    place: StreamPlace,
  ): Promise<void> {
    const known = handles.get(name);
    handles.set(name, place.handle);
    const isMoved = known !== undefined && known !== place.handle;
    const isSnapshot = messages.some((message) => isChange(message) && message.headers.lsn === undefined);
    if (isMoved || (isSnapshot && !cut.isStaging(name))) await loadAnew(name, 'the shape started over');
  }

  async function loadAnew(name: string, reason: string): Promise<never> {
    await replica.forget(name);
    throw new Error(`${name} is loaded anew: ${reason}`);
  }

  async function commitReady(): Promise<void> {
    if (closing.signal.aborted) return;
    const ready = cut.take();
    if (!ready) return;
    const changed = await replica.commit(ready);
    onProgress();
    onCut(ready.position, changed);
  }

  function refreshLagging(): void {
    for (const name of cut.lagging()) {
      if (refreshing.has(name) || closing.signal.aborted) continue;
      refreshing.add(name);
      const again = () => {
        refreshing.delete(name);
        clearTimeout(refreshTimer);
        refreshTimer = setTimeout(refreshLagging, REFRESH_AGAIN_MS);
      };
      // Rejects when the stream is torn down, which `onEnd` tells as well.
      streams.get(name)?.forceDisconnectAndRefresh().then(again, again);
    }
  }

  // A load that was under way has its rows in staging; what a load finds there without a place is from a crash.
  const prepared = Promise.all(
    collections.filter(({ name }) => !replica.resume(name)).map(({ name }) => replica.beginLoad(name)),
  );
  prepared.then(() => {
    if (!closing.signal.aborted) collections.forEach(open);
  }, fail);

  return {
    ended,
    refresh() {
      for (const stream of streams.values()) {
        if (stream.isUpToDate) stream.forceDisconnectAndRefresh().catch(ignoreTornDown);
      }
    },
    upToDate: () =>
      replica.cut() !== null &&
      cut.lagging().length === 0 &&
      [...streams.values()].every((s) => s.isUpToDate),
    async close() {
      closing.abort();
      clearTimeout(refreshTimer);
      for (const stream of streams.values()) stream.unsubscribeAll();
      await prepared.catch(fail);
      await commits.catch(fail);
    },
  };
}

/** The stream ended meanwhile; its `onError` has told. */
function ignoreTornDown(): undefined {
  return undefined;
}
