import { parseArgs } from 'node:util';

export interface ReplayOptions {
  catalogue: string;
  transactions: string[];
  shops: number;
  /** Part of the run, between 0 and 1, in which the line is cut; null leaves it whole. */
  cut: { from: number; to: number } | null;
  killEdge: number;
  killHub: number;
  seed: number;
  json: boolean;
  /** Where the run's processes keep their data; a temporary folder that is removed when not given. */
  folder: string | undefined;
}

export const REPLAY_USAGE = `npm run replay -- --catalogue FILE.csv --transactions FILE.csv… [--shops N]
  [--cut 0.3-0.8] [--kill-edge K] [--kill-hub K] [--seed S] [--folder DIR] [--json]`;

/** Throws an Error that says what is wrong with the arguments. */
export function readReplayOptions(args: string[]): ReplayOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      catalogue: { type: 'string' },
      transactions: { type: 'string', multiple: true },
      shops: { type: 'string', default: '1' },
      cut: { type: 'string' },
      'kill-edge': { type: 'string', default: '0' },
      'kill-hub': { type: 'string', default: '0' },
      seed: { type: 'string' },
      folder: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  // The shell turns *.csv into one --transactions and a list of further words.
  const transactions = [...(values.transactions ?? []), ...positionals];
  if (!values.catalogue) throw new Error('--catalogue FILE.csv is missing');
  if (transactions.length === 0) throw new Error('--transactions FILE.csv… is missing');
  return {
    catalogue: values.catalogue,
    transactions,
    shops: wholeNumber('--shops', values.shops, 1, 100),
    cut: values.cut === undefined ? null : readCut(values.cut),
    killEdge: wholeNumber('--kill-edge', values['kill-edge'], 0, 1_000),
    killHub: wholeNumber('--kill-hub', values['kill-hub'], 0, 1_000),
    seed: values.seed === undefined ? Date.now() % 2 ** 31 : wholeNumber('--seed', values.seed, 0, 2 ** 31),
    json: values.json,
    folder: values.folder,
  };
}

function readCut(text: string): { from: number; to: number } {
  const parts = /^(\d(?:\.\d+)?)-(\d(?:\.\d+)?)$/.exec(text);
  const from = Number(parts?.[1]);
  const to = Number(parts?.[2]);
  if (!(from >= 0 && from < to && to <= 1)) {
    throw new Error(`--cut takes two parts of the run, such as 0.3-0.8, not "${text}"`);
  }
  return { from, to };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Error(`${name} takes a whole number from ${least} to ${most}, not "${text}"`);
  }
  return value;
}
