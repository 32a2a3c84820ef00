/** Where time and ids come from. Handed in, so that tests and the simulator can choose them. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
