/** How much is applied before the journal is looked at again, and the rest that follows. */
export interface Pace {
  roundFacts: number;
  /** Aggregates worked on side by side: writes that are under way together share an fsync. */
  parallel: number;
  pauseMs: number;
}

const FULL: Pace = { roundFacts: 500, parallel: 32, pauseMs: 0 };
const BESIDE_A_DRAIN: Pace = { roundFacts: 20, parallel: 2, pauseMs: 100 };
/** A batch of so many facts is what gathered while a box was offline; a shop that is open sends a few at a time. */
const DRAIN_FACTS = 100;
/** After a large batch the next is expected for so long. */
const LINGER_MS = 250;

/**
 * Boxes that send what gathered while they were offline come first: what they have sent is safe. While their
 * batches come in, facts are applied slowly, but never not at all. `monotonicMs` is a clock that only goes on.
 */
export function createApplyPace(monotonicMs: () => number) {
  let drainsUntilMs = Number.NEGATIVE_INFINITY;
  return {
    /** Notes that so many facts came in one batch. */
    took(facts: number): void {
      if (facts >= DRAIN_FACTS) drainsUntilMs = monotonicMs() + LINGER_MS;
    },
    now: (): Pace => (monotonicMs() < drainsUntilMs ? BESIDE_A_DRAIN : FULL),
  };
}
