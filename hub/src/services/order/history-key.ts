/** Sorts the entries of an order's history; the saga's version numbers those of an order made at the hub. */
export function historyKey(version: number): string {
  return String(version).padStart(8, '0');
}
