// Runs the tests and ends with one line `N passed, N failed`.
//   npm test                  everything that needs npm alone
//   npm run test:browser      the web apps in a real Chromium (BUTIK_CHROMIUM, or Debian's)
//   npm run test:engines      the contract suites on the real engines, see engines/README.md;
//                             one that is not there fails, unless: -- --allow-missing NAME
// Further arguments go to vitest: npm test -- domain
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildTill } from './build-till.ts';
import { ENGINES, findEngines } from './engines/find-engines.ts';
import { readCounts, type TestCounts } from './read-counts.ts';

const root = join(import.meta.dirname, '..');
const { kind, allowMissing, rest } = readArguments(process.argv.slice(2));
const counts = kind === 'engine' ? await runOnEngines() : await runPlain();
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);

async function runPlain(): Promise<TestCounts> {
  if (kind === 'browser') await buildTill(root);
  return runVitest(kind ? { BUTIK_TESTS: kind } : {});
}

async function runOnEngines(): Promise<TestCounts> {
  console.log('Engines:');
  const engines = await findEngines(ENGINES, process.env, allowMissing, (line) => console.log(line));
  try {
    const { passed, failed } = await runVitest({ ...engines.env, BUTIK_TESTS: 'engine' });
    if (engines.missing.length > 0) console.log(`missing: ${engines.missing.join(', ')}`);
    return { passed, failed: failed + engines.missing.length };
  } finally {
    await engines.stop();
  }
}

async function runVitest(env: Record<string, string>): Promise<TestCounts> {
  const folder = mkdtempSync(join(tmpdir(), 'butik-test-'));
  const report = join(folder, 'report.json');
  const vitest = spawn(
    join(root, 'node_modules/.bin/vitest'),
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...rest],
    { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } },
  );
  // The signal goes on to vitest; this process then ends in good order, with the engines it started.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => vitest.kill(signal));
  const exitCode = await new Promise<number | null>((resolve) => {
    vitest.once('exit', resolve);
    vitest.once('error', (error) => {
      console.error(error.message);
      resolve(null);
    });
  });
  const counts = readCounts(report, exitCode);
  rmSync(folder, { recursive: true });
  return counts;
}

function readArguments(args: readonly string[]) {
  const allowMissing: string[] = [];
  const rest: string[] = [];
  let kind: 'browser' | 'engine' | undefined;
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] as string;
    if (arg === '--browser') kind = 'browser';
    else if (arg === '--engines') kind = 'engine';
    else if (arg === '--allow-missing') {
      at += 1;
      allowMissing.push(knownEngine(args[at]));
    } else rest.push(arg);
  }
  return { kind, allowMissing, rest };
}

function knownEngine(name: string | undefined): string {
  const names = ENGINES.map((engine) => engine.name);
  if (name !== undefined && names.includes(name)) return name;
  console.error(`--allow-missing takes one of ${names.join(', ')}, not "${name ?? ''}"`);
  process.exit(2);
}
