// npm run crash: sells in a shop while edge and hub are killed at chosen and at random moments, restarts them
// and holds their stores to every answer the clients read. Exit 1 on a fault.

import { CRASH_USAGE, readCrashOptions } from './crash-options.ts';
import { faultsOf, runCrash } from './run-crash.ts';

let options: ReturnType<typeof readCrashOptions>;
try {
  options = readCrashOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${(error as Error).message}\nusage: ${CRASH_USAGE}`);
  process.exit(2);
}

const report = await runCrash(options, (line) => console.log(line)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
const faults = faultsOf(report);
for (const fault of faults) console.log(`FAULT ${fault}`);
if (report.neverHit.length > 0) console.log(`no kill struck at: ${report.neverHit.join(', ')}`);
if (faults.length === 0) {
  const { acknowledged, kills } = report;
  console.log(
    `${acknowledged} acknowledged requests, ${kills.edge} edge and ${kills.hub} hub kills in ${report.seconds} s: nothing lost, doubled or left behind`,
  );
}
if (options.json) console.log(JSON.stringify(report));
process.exit(faults.length === 0 ? 0 : 1);
