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
  /** How Docker starts it when it is nowhere else. */
  container: EngineContainer;
}

export interface FoundEngine {
  address: string;
  version: string;
  /** For an engine that was started for the run. */
  stop?: () => Promise<void>;
}

export interface EngineContainer {
  /** Its service in docker-compose.yml, whose image is taken: one place says which versions are used. */
  composeService: string;
  /** Where it listens inside. */
  port: number;
  environment?: Record<string, string>;
  command?: string[];
  /** A line of its log, and how often it comes until it is ready; else it is ready when it listens. */
  readyLog?: [line: RegExp, times: number];
  /** Run in the container when it is ready. */
  prepare?: string[];
  /** Its address for the tests. */
  address(hostAndPort: string): string;
}
