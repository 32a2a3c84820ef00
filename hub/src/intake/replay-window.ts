import type { Clock } from '../kernel/clock.ts';

const MAX_TOKENS = 200_000;

/** Remembers token ids for `windowMs`, in which a token would still pass by its time. */
export function createReplayWindow(clock: Clock, windowMs: number) {
  const seenAt = new Map<string, number>();

  return {
    /** False when this id was taken before. The oldest are forgotten first when there are too many. */
    take(id: string): boolean {
      const now = clock.now();
      for (const [oldest, at] of seenAt) {
        if (now - at < windowMs && seenAt.size < MAX_TOKENS) break;
        seenAt.delete(oldest);
      }
      if (seenAt.has(id)) return false;
      seenAt.set(id, now);
      return true;
    },
  };
}
