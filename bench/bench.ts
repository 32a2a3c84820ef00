// npm run bench -- NAME… [--rows N] [--rounds N] [--json]: runs each benchmark beside its peer, one after the other, and prints
// the ratio; with --json a line of JSON after each.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { asButikError } from '@butik/proto/errors/butik-error';
import type { Benchmark } from './benchmark.ts';
import { drain } from './cases/drain.ts';
import { fanOut } from './cases/fan-out.ts';
import { firstLoad } from './cases/first-load.ts';
import { hubOrder } from './cases/hub-order.ts';
import { propagation } from './cases/propagation.ts';
import { rawSale } from './cases/raw-sale.ts';
import { sale } from './cases/sale.ts';

/** Every benchmark; a new one is a file in cases/ and a line here. */
const BENCHMARKS: readonly Benchmark[] = [sale, rawSale, hubOrder, firstLoad, drain, fanOut, propagation];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    rows: { type: 'string' },
    rounds: { type: 'string' },
  },
});
const chosen = positionals.map((name) => BENCHMARKS.find((one) => one.name === name));
if (chosen.length === 0 || !chosen.every((one) => one !== undefined)) {
  console.error(
    `usage: npm run bench -- NAME… [--rows N] [--rounds N] [--json]\n${BENCHMARKS.map((one) => `  ${one.name}: ${one.what}`).join('\n')}`,
  );
  process.exit(2);
}

let met = true;
try {
  for (const benchmark of chosen) met = (await measure(benchmark)) && met;
} catch (error) {
  console.error(asButikError(error).cause ?? error);
  process.exit(1);
}
process.exit(met ? 0 : 1);

/** Runs one benchmark and prints it; false when a case misses its aim. */
async function measure(benchmark: Benchmark): Promise<boolean> {
  console.log(
    `${benchmark.name}: ${benchmark.what} (${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version})`,
  );
  const cases = await benchmark.run((line) => console.log(line), {
    ...(values.rows !== undefined && { rows: count(values.rows) }),
    ...(values.rounds !== undefined && { rounds: count(values.rounds) }),
  });
  for (const one of cases) {
    const times =
      one.p50Ms === undefined ? '' : `  p50 ${one.p50Ms.toFixed(2)} ms  p99 ${one.p99Ms?.toFixed(2)} ms`;
    const beside =
      one.ratio === undefined ? '' : `  ${one.ratio.toFixed(2)} × ${one.peer} (${one.peerValue?.toFixed(0)})`;
    const aim = one.aim === undefined ? '' : `, aim ${one.aim}: ${one.met ? 'met' : 'MISSED'}`;
    console.log(
      `  ${one.case.padEnd(28)} ${one.value.toFixed(0).padStart(7)} ${one.unit}${times}${beside}${aim}`,
    );
  }
  if (values.json) console.log(JSON.stringify({ name: benchmark.name, cases }));
  return cases.every((one) => one.met !== false);
}

function count(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new Error(`${text} is not a whole number above zero`);
  return number;
}
