/** One measured case. `ratio` is value ÷ peerValue; `met` says whether it reaches `aim`. */
export interface BenchmarkCase {
  case: string;
  value: number;
  unit: string;
  p50Ms?: number;
  p99Ms?: number;
  peer?: string;
  peerValue?: number;
  ratio?: number;
  aim?: string;
  met?: boolean;
}

/** What the command line may say; a benchmark that has no use for it goes by its own. */
export interface BenchmarkOptions {
  /** How many products, sales, …: fewer for a trial. */
  rows?: number;
  rounds?: number;
}

export interface Benchmark {
  name: string;
  what: string;
  run(say: (line: string) => void, options: BenchmarkOptions): Promise<BenchmarkCase[]>;
}

/** The value below which `part` (0–1) of the samples lie. */
export function percentile(samples: readonly number[], part: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}
