// npm run replay: plays a retailer's invoices through a hub and its shops, cuts lines and kills
// processes meanwhile, and compares the books of the file, the shops and the hub. Exit 1 on a fault.

import { REPLAY_USAGE, readReplayOptions } from './replay-options.ts';
import { faultsOf, runReplay } from './run-replay.ts';

let options: ReturnType<typeof readReplayOptions>;
try {
  options = readReplayOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${(error as Error).message}\nusage: ${REPLAY_USAGE}`);
  process.exit(2);
}

const report = await runReplay(options, (line) => console.log(line)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
const faults = faultsOf(report);
for (const fault of faults) console.log(`FAULT ${fault}`);
if (faults.length === 0) {
  console.log(
    `the books agree: revenue ${report.revenueMinor.file} in the file, the shops and the hub; nothing lost, doubled or left behind`,
  );
} else {
  console.log(`the same faults strike again with --seed ${report.seed}`);
}
if (options.json) console.log(JSON.stringify(report));
process.exit(faults.length === 0 ? 0 : 1);
