// Runs the tests and ends with one line `N passed, N failed`.
//   npm test                  everything that needs npm alone
//   npm run test:browser      the web apps in a real Chromium (BUTIK_CHROMIUM, or Debian's)
// Further arguments go to vitest: npm test -- domain
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildTill } from './build-till.ts';

const root = join(import.meta.dirname, '..');
const args = process.argv.slice(2);
const browser = args.includes('--browser');
const rest = args.filter((arg) => arg !== '--browser');
if (browser) await buildTill(root);

const folder = mkdtempSync(join(tmpdir(), 'butik-test-'));
const report = join(folder, 'report.json');
const done = spawnSync(
  join(root, 'node_modules/.bin/vitest'),
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...rest],
  { cwd: root, stdio: 'inherit', env: { ...process.env, ...(browser && { BUTIK_TESTS: 'browser' }) } },
);
const counts = readCounts(report);
rmSync(folder, { recursive: true });
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(done.status === 0 && counts.passed > 0 ? 0 : 1);

/** A file that could not even be loaded has no tests to count, so it counts as one that failed. */
function readCounts(file: string): { passed: number; failed: number } {
  const result = JSON.parse(readFileSync(file, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    testResults: { status: string; assertionResults: unknown[] }[];
  };
  const unloaded = result.testResults.filter(
    (one) => one.status === 'failed' && one.assertionResults.length === 0,
  );
  return { passed: result.numPassedTests, failed: result.numFailedTests + unloaded.length };
}
