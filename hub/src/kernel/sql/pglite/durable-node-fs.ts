import { fsyncSync } from 'node:fs';
import type { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/**
 * PGlite's Node file system with a real fsync.
 *
 * What was found in PGlite 0.5.16: it starts PostgreSQL with `-F` (fsync off); its Node file system has
 * no `fsync` operation, so that `fd_sync` answers success and does nothing; and `fdatasync`, the default
 * `wal_sync_method`, is a stub that never reaches the file system. A commit therefore survived SIGKILL
 * but not a power cut. This class adds the missing operation; together with `DURABLE_START_PARAMS`
 * PostgreSQL itself then syncs in its own order: the WAL at each commit, data files at each checkpoint.
 */
export class DurableNodeFs extends NodeFS {
  readonly #onSync: (path: string) => void;

  /** `onSync` is called with the path inside the cluster after each fsync. */
  constructor(directory: string, onSync: (path: string) => void = () => undefined) {
    super(directory);
    this.#onSync = onSync;
  }

  override async init(pg: PGlite, options: Parameters<NodeFS['init']>[1]): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pg, options);
    const addFsync = (module: unknown) => {
      const { NODEFS } = module as { NODEFS: NodeFsOperations };
      NODEFS.stream_ops.fsync = (stream) => {
        NODEFS.tryFSOperation(() => fsyncSync(stream.nfd));
        this.#onSync(stream.path);
        return 0;
      };
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), addFsync] } };
  }
}

/** PGlite's own parameters without `-F`, and with the sync method that reaches the file system. */
export function durableStartParams(defaults: readonly string[]): string[] {
  return [...defaults.filter((parameter) => parameter !== '-F'), '-c', 'wal_sync_method=fsync'];
}

/** The part of Emscripten's NODEFS that is used here; its own types leave it out. */
interface NodeFsOperations {
  stream_ops: { fsync?: (stream: { nfd: number; path: string }) => number };
  /** Turns a Node error into the errno that PostgreSQL sees. */
  tryFSOperation<T>(operation: () => T): T;
}
