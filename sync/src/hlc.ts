/** A hybrid logical clock's state: the highest time seen, and how many events shared it. */
export interface HlcState {
  ms: number;
  counter: number;
}

export const HLC_START: HlcState = { ms: 0, counter: 0 };

/** How far another clock may be ahead before it is reported instead of adopted. */
export const DEFAULT_SKEW_BOUND_MS = 5 * 60_000;

const MS_DIGITS = 15;
const COUNTER_DIGITS = 5;
const MAX_COUNTER = 99_999;
const FORM = /^(\d{15})-(\d{5})-([0-9a-f]{8})$/;

/** The state after a local event. Time never goes back, even when the wall clock does. */
export function tick(state: HlcState, nowMs: number): HlcState {
  return after(state, Math.max(state.ms, Math.trunc(nowMs)));
}

export type Received =
  | { kind: 'adopted'; state: HlcState }
  | { kind: 'ahead'; state: HlcState; aheadMs: number };

/**
 * The state after hearing of another's event. A remote time further ahead of the wall clock than
 * `boundMs` is reported as `ahead` and not adopted, so that one wrong clock does not spread.
 */
export function receive(
  state: HlcState,
  remote: HlcState,
  nowMs: number,
  boundMs: number = DEFAULT_SKEW_BOUND_MS,
): Received {
  const aheadMs = remote.ms - nowMs;
  if (aheadMs > boundMs) return { kind: 'ahead', state: tick(state, nowMs), aheadMs };
  const highest =
    remote.ms > state.ms || (remote.ms === state.ms && remote.counter > state.counter) ? remote : state;
  return { kind: 'adopted', state: tick(highest, nowMs) };
}

/** The state as text that sorts as time does: `MS-COUNTER-NODE`, NODE being the end of the node's id. */
export function formatHlc(state: HlcState, nodeId: string): string {
  const ms = String(state.ms).padStart(MS_DIGITS, '0');
  const counter = String(state.counter).padStart(COUNTER_DIGITS, '0');
  return `${ms}-${counter}-${nodeId.slice(-8).toLowerCase()}`;
}

/** Reads what `formatHlc` wrote; null for any other text. */
export function parseHlc(text: string): HlcState | null {
  const match = FORM.exec(text);
  return match ? { ms: Number(match[1]), counter: Number(match[2]) } : null;
}

function after(state: HlcState, ms: number): HlcState {
  if (ms > state.ms) return { ms, counter: 0 };
  if (state.counter < MAX_COUNTER) return { ms, counter: state.counter + 1 };
  return { ms: ms + 1, counter: 0 };
}
