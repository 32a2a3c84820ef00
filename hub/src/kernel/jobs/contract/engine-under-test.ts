import type { Jobs } from '../jobs.ts';

/** The engine of one test, with names of its own. */
export interface EngineUnderTest {
  /** A process of the hub that is open when the test begins. */
  readonly jobs: Jobs;
  /** Another process. Closed after the test. */
  open(options?: { keepFailed?: number }): Promise<Jobs>;
  /** A process that can lose its engine for ever. */
  openMortal(): Promise<{ jobs: Jobs; die(): void }>;
}
