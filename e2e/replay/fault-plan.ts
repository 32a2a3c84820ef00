import type { ReplayOptions } from './replay-options.ts';

/** A fault that strikes once `after` operations of the run have been acknowledged. */
export interface PlannedFault {
  after: number;
  /** Milliseconds to wait before it strikes, so that it falls within a sale rather than between two. */
  delayMs: number;
  strike: { kind: 'cut' } | { kind: 'heal' } | { kind: 'kill-hub' } | { kind: 'kill-edge'; shop: number };
}

const MOST_DELAY_MS = 30;

/** Spreads the faults over the run: the cut where it was asked for, the kills at random points. */
export function planFaults(options: ReplayOptions, operations: number, random: () => number): PlannedFault[] {
  const somewhere = () => Math.floor(random() * operations);
  const delayMs = () => Math.floor(random() * MOST_DELAY_MS);
  const faults: PlannedFault[] = [];
  if (options.cut) {
    faults.push({ after: Math.floor(options.cut.from * operations), delayMs: 0, strike: { kind: 'cut' } });
    faults.push({ after: Math.floor(options.cut.to * operations), delayMs: 0, strike: { kind: 'heal' } });
  }
  for (let count = 0; count < options.killEdge; count += 1) {
    const shop = Math.floor(random() * options.shops);
    faults.push({ after: somewhere(), delayMs: delayMs(), strike: { kind: 'kill-edge', shop } });
  }
  for (let count = 0; count < options.killHub; count += 1) {
    faults.push({ after: somewhere(), delayMs: delayMs(), strike: { kind: 'kill-hub' } });
  }
  return faults.sort((a, b) => a.after - b.after);
}
