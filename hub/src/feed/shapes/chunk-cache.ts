/** The snapshot chunks that were served last, as bytes: shops that start together read the same ones. */
export interface ChunkCache {
  get(handle: string, n: number, load: () => Promise<string | null>): Promise<Buffer | null>;
}

export function chunkCache(maxBytes: number): ChunkCache {
  const chunks = new Map<string, Buffer>();
  const loading = new Map<string, Promise<Buffer | null>>();
  let bytes = 0;

  function keep(key: string, chunk: Buffer): void {
    chunks.set(key, chunk);
    bytes += chunk.length;
    for (const [oldest, dropped] of chunks) {
      if (bytes <= maxBytes) break;
      chunks.delete(oldest);
      bytes -= dropped.length;
    }
  }

  return {
    async get(handle, n, load) {
      const key = `${handle}/${n}`;
      const known = chunks.get(key);
      if (known) {
        chunks.delete(key);
        chunks.set(key, known);
        return known;
      }
      const underway = loading.get(key);
      if (underway) return underway;
      const loaded = load()
        .then((body) => {
          const chunk = body === null ? null : Buffer.from(body);
          if (chunk) keep(key, chunk);
          return chunk;
        })
        .finally(() => loading.delete(key));
      loading.set(key, loaded);
      return loaded;
    },
  };
}
