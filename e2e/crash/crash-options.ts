import { parseArgs } from 'node:util';

export interface CrashOptions {
  cycles: number;
  seed: number;
  json: boolean;
  /** Where the processes keep their data; a temporary folder that is removed after a good run when not given. */
  folder: string | undefined;
}

export const CRASH_USAGE = 'npm run crash -- [--cycles N] [--seed S] [--folder DIR] [--json]';

/** Throws an Error that says what is wrong with the arguments. */
export function readCrashOptions(args: string[]): CrashOptions {
  const { values } = parseArgs({
    args,
    options: {
      cycles: { type: 'string', default: '30' },
      seed: { type: 'string' },
      folder: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  return {
    cycles: wholeNumber('--cycles', values.cycles, 1, 100_000),
    seed: values.seed === undefined ? Date.now() % 2 ** 31 : wholeNumber('--seed', values.seed, 0, 2 ** 31),
    json: values.json,
    folder: values.folder,
  };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Error(`${name} takes a whole number from ${least} to ${most}, not "${text}"`);
  }
  return value;
}
