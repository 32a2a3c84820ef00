// npm run bench -- NAME [--json]: runs one benchmark beside its peer and prints the ratio.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { asButikError } from '@butik/proto/errors/butik-error';
import type { Benchmark } from './benchmark.ts';
import { rawSale } from './cases/raw-sale.ts';
import { sale } from './cases/sale.ts';

/** Every benchmark; a new one is a file in cases/ and a line here. */
const BENCHMARKS: readonly Benchmark[] = [sale, rawSale];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const benchmark = BENCHMARKS.find((one) => one.name === positionals[0]);
if (!benchmark) {
  console.error(
    `usage: npm run bench -- NAME [--json]\n${BENCHMARKS.map((one) => `  ${one.name}: ${one.what}`).join('\n')}`,
  );
  process.exit(2);
}

console.log(
  `${benchmark.name}: ${benchmark.what} (${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version})`,
);
try {
  const cases = await benchmark.run((line) => console.log(line));
  for (const one of cases) {
    const times =
      one.p50Ms === undefined ? '' : `  p50 ${one.p50Ms.toFixed(2)} ms  p99 ${one.p99Ms?.toFixed(2)} ms`;
    const beside =
      one.ratio === undefined
        ? ''
        : `  ${one.ratio.toFixed(2)} × ${one.peer} (${one.peerValue?.toFixed(0)})${one.aim === undefined ? '' : `, aim ${one.aim}: ${one.met ? 'met' : 'MISSED'}`}`;
    console.log(`  ${one.case.padEnd(28)} ${one.value.toFixed(0).padStart(7)} ${one.unit}${times}${beside}`);
  }
  if (values.json) console.log(JSON.stringify({ name: benchmark.name, cases }));
  process.exit(cases.every((one) => one.met !== false) ? 0 : 1);
} catch (error) {
  console.error(asButikError(error).cause ?? error);
  process.exit(1);
}
