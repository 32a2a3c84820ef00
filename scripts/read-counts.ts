import { existsSync, readFileSync } from 'node:fs';

export interface TestCounts {
  passed: number;
  failed: number;
}

/**
 * What vitest's JSON report counts. A file that could not even be loaded has no tests to count, so it
 * counts as one that failed; so do a report that was never written and an end in error without a failed test.
 */
export function readCounts(file: string, exitCode: number | null): TestCounts {
  if (!existsSync(file)) return { passed: 0, failed: 1 };
  const result = JSON.parse(readFileSync(file, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    testResults: { status: string; assertionResults: unknown[] }[];
  };
  const unloaded = result.testResults.filter(
    (one) => one.status === 'failed' && one.assertionResults.length === 0,
  );
  const failed = result.numFailedTests + unloaded.length;
  return { passed: result.numPassedTests, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}
