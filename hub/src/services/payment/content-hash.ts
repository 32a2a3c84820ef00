import { createHash } from 'node:crypto';

/** SHA-256 of what was asked for: the same id with another hash is another request. */
export function contentHash(content: Record<string, string | number>): string {
  const sorted = Object.entries(content).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}
