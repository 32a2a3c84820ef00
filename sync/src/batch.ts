/** Bytes that a fact's header, quoting and hashes add to its payload on the wire, before compression. */
export const FACT_OVERHEAD_BYTES = 512;

/**
 * Takes from `facts`, in order, what fits into one batch. The first is always taken, so that a large
 * fact cannot stop its channel; reading ends as soon as the batch is full.
 */
export function chooseBatch<F extends { bytes: number }>(
  facts: Iterable<F>,
  limits: { maxBytes: number; maxFacts: number },
): F[] {
  const batch: F[] = [];
  let bytes = 0;
  for (const fact of facts) {
    bytes += fact.bytes + FACT_OVERHEAD_BYTES;
    if (batch.length > 0 && bytes > limits.maxBytes) break;
    batch.push(fact);
    if (batch.length >= limits.maxFacts) break;
  }
  return batch;
}
