import type { OutboxEntry } from './outbox-store.ts';

/**
 * Tells which events of an outbox this process is to publish: its own, and those of another process that have been
 * seen for `graceMs`, by which time that process would have published them if it lived. Time is this process's own.
 */
export function orphanWatch(graceMs: number): {
  /** Begins a look at the whole outbox; what the look before has not met again is forgotten. */
  look(): (entry: OutboxEntry) => boolean;
} {
  let seen = new Map<string, number>();
  return {
    look() {
      const before = seen;
      const nowMs = performance.now();
      seen = new Map();
      return ({ event, own }) => {
        if (own) return true;
        const firstMs = before.get(event.id) ?? nowMs;
        seen.set(event.id, firstMs);
        return nowMs - firstMs >= graceMs;
      };
    },
  };
}
