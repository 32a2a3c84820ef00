/** Of several writes of one id in one call only the newest counts; in the order of ids, so that callers lock alike. */
export function latestWrites<Write extends { id: string; version: string }>(
  writes: readonly Write[],
): Write[] {
  const latest = new Map<string, Write>();
  for (const write of writes) {
    const other = latest.get(write.id);
    if (other === undefined || other.version < write.version) latest.set(write.id, write);
  }
  return [...latest.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
