/** One of the real engines that `npm run test:engines` runs the contract suites on. */
export interface Engine {
  name: string;
  /** The variable through which the tests get its address; set from outside, it says which one to use. */
  variable: string;
  /** Where it is looked for when the variable is not set. */
  usually: string;
  /**
   * Finds it at `address`, or in its usual place, or starts it. Throws an Error with the reason when it
   * cannot be used.
   */
  find(address: string | undefined): Promise<FoundEngine>;
}

export interface FoundEngine {
  address: string;
  version: string;
  /** For an engine that was started for the run. */
  stop?: () => Promise<void>;
}
