/** What the checks found, each as a line for people; all empty in a good run. */
export interface Findings {
  /** Acknowledged and not there, or there with another content. */
  lost: string[];
  /** There twice, or there without anyone having asked for it. */
  doubled: string[];
  receiptGaps: string[];
  /** A file, a chain, a sum or a cursor that does not hold. */
  corrupt: string[];
}

export function noFindings(): Findings {
  return { lost: [], doubled: [], receiptGaps: [], corrupt: [] };
}

/** Adds `found` to `all`; a line that was found before is not counted again. */
export function addFindings(all: Findings, found: Findings): void {
  for (const name of Object.keys(all) as (keyof Findings)[]) {
    all[name].push(...found[name].filter((line) => !all[name].includes(line)));
  }
}
