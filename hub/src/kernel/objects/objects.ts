import type { Readable } from 'node:stream';

export interface ObjectInfo {
  key: string;
  bytes: number;
  contentType: string;
  /** SHA-256 of the content, in hex. */
  sha256: string;
  /** ISO 8601 in UTC. */
  storedAt: string;
}

/**
 * Files by key: images of products, reports. A key is `folder/…/name` of letters, digits, `.`, `_` and `-`;
 * anything else is REQUEST_INVALID. `put` replaces whole: readers see the old content or the new, never a mixture,
 * and nothing of a put that failed. SERVICE_UNAVAILABLE while the store is away, DEADLINE_EXCEEDED when it does not
 * answer in time; either may also end the stream of a `get`.
 */
export interface Objects {
  /**
   * Resolves once the content is durable. Throws BODY_TOO_LARGE beyond `maxBytes`, and what the stream of the content
   * ends with.
   */
  put(
    key: string,
    content: Readable | Uint8Array,
    options: { contentType: string; maxBytes: number },
  ): Promise<ObjectInfo>;
  /** Throws OBJECT_NOT_FOUND. The caller reads the stream to its end or destroys it. */
  get(key: string): Promise<{ info: ObjectInfo; content: Readable }>;
  /** Null when there is none. */
  find(key: string): Promise<ObjectInfo | null>;
  /** No error when there is none. */
  delete(key: string): Promise<void>;
  /** Keys that begin with `prefix`, in the order of their characters, at most 1000 a page; `after` is a `next`. */
  list(prefix: string, after?: string): Promise<{ keys: string[]; next: string | null }>;
  close(): Promise<void>;
}
