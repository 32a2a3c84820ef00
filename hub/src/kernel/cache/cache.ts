import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';

/**
 * Short-lived values that all processes of the hub share. Nothing in it is the truth: any entry may be gone
 * early, unless the cache was opened to refuse rather than evict. While the engine is away every operation
 * rejects with SERVICE_UNAVAILABLE (`details.part` is `cache`); what a caller does then is its own decision.
 * Every entry has a life; keys and values are bounded, and what is larger is refused with REQUEST_INVALID.
 */
export interface Cache {
  get(key: string): Promise<string | null>;
  set(key: string, value: string, options: EntryLife): Promise<void>;
  /** Whether it was set: false when the key has a value. One of several callers at a time gets true. */
  setIfAbsent(key: string, value: string, options: EntryLife): Promise<boolean>;
  /**
   * Counts up from 0 and returns the new count and the life that it has left. The life begins with the first count
   * and later ones do not prolong it. A count that timed out may have been made.
   */
  increment(key: string, options: EntryLife): Promise<Count>;
  delete(key: string): Promise<void>;
  close(): Promise<void>;
}

export interface EntryLife {
  /** Milliseconds until the entry is gone. */
  ttlMs: number;
}

export interface Count extends EntryLife {
  count: number;
}

const MAX_KEY_CHARACTERS = 512;
const MAX_VALUE_CHARACTERS = 1_000_000;
const MAX_TTL_MS = 366 * 24 * 60 * 60 * 1_000;

const entrySchema = z.object({
  key: z.string().min(1).max(MAX_KEY_CHARACTERS),
  value: z.string().max(MAX_VALUE_CHARACTERS).optional(),
  ttlMs: z.int().min(1).max(MAX_TTL_MS).optional(),
});

/** Throws REQUEST_INVALID naming the field that is out of bounds. */
export function assertEntry(entry: z.infer<typeof entrySchema>): void {
  const parsed = entrySchema.safeParse(entry);
  if (parsed.success) return;
  const fields = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new ButikError('REQUEST_INVALID', {
    message: `Not a cache entry: ${fields.map(({ path, message }) => `${path}: ${message}`).join('; ')}`,
    details: { part: 'cache', fields },
  });
}
