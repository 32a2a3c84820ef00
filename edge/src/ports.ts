/** What the edge takes from its surroundings; tests and the simulator hand in others. */
export interface Ports {
  clock: {
    /** Wall clock, epoch milliseconds. May jump. */
    now(): number;
  };
  /** A fresh UUIDv7. */
  newId(): string;
}
