/** The sample in the middle by what `by` says of each: rounds of one run differ, and one odd round must not count. */
export function median<Sample>(samples: readonly Sample[], by: (sample: Sample) => number): Sample {
  const sorted = samples.toSorted((a, b) => by(a) - by(b));
  return sorted[Math.floor(sorted.length / 2)]!;
}
