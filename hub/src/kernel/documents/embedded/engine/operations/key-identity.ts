import type { EncodedKey } from '../store/keys.ts';

/** Text that is the same for the same item only. */
export function keyIdentity(table: string, key: EncodedKey): string {
  return JSON.stringify([table, key.hash, key.sort]);
}
