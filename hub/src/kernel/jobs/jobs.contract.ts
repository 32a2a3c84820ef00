import { afterEach, beforeEach, describe } from 'vitest';
import type { EngineUnderTest } from './contract/engine-under-test.ts';
import { failingContract } from './contract/failing.contract.ts';
import { processesContract } from './contract/processes.contract.ts';
import { schedulesContract } from './contract/schedules.contract.ts';
import { workingContract } from './contract/working.contract.ts';
import type { Jobs } from './jobs.ts';

export interface JobsUnderTest extends Omit<EngineUnderTest, 'jobs'> {
  /** Closes all processes and removes what they kept. */
  drop(): Promise<void>;
}

/** What every adapter of the jobs port does. It is to have a margin and polls of some ten milliseconds. */
export function jobsContract(name: string, makeEngine: () => Promise<JobsUnderTest>): void {
  describe(`jobs: ${name}`, () => {
    let under: JobsUnderTest;
    let jobs: Jobs;
    beforeEach(async () => {
      under = await makeEngine();
      jobs = await under.open();
    });
    afterEach(() => under.drop());

    const engine: EngineUnderTest = {
      get jobs() {
        return jobs;
      },
      open: (options) => under.open(options),
      openMortal: () => under.openMortal(),
    };
    workingContract(engine);
    failingContract(engine);
    processesContract(engine);
    schedulesContract(engine);
  });
}
