/** For tests: ids that differ by their number and are the same in every run. */
export function numberedId(number: number): string {
  return `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

export function createIds(from = 1): () => string {
  let next = from;
  return () => numberedId(next++);
}
