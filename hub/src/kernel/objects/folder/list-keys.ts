import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent } from './on-disk.ts';

/** Ends the name of an object's file: no key has it, so that `a` and `a/b` can both be keys. */
export const OBJECT_SUFFIX = '~';

export interface KeyRange {
  prefix: string;
  after?: string | undefined;
}

/** Keys in the order of their characters, folder by folder as they are asked for. */
export async function* listKeys(directory: string, range: KeyRange, folder = ''): AsyncGenerator<string> {
  for (const name of (await entriesOf(join(directory, folder))).map((entry) => folder + entry).sort()) {
    if (!name.endsWith('/')) {
      if (name.startsWith(range.prefix) && (range.after === undefined || name > range.after)) yield name;
    } else if (mayHold(name, range)) {
      yield* listKeys(directory, range, name);
    }
  }
}

/** Names of objects, and of folders with `/` at their end, which is how their keys go on. */
async function entriesOf(directory: string): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(directory, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
  return entries.flatMap((entry) => {
    const marked = entry.name.endsWith(OBJECT_SUFFIX);
    if (entry.isDirectory()) return marked ? [] : [`${entry.name}/`];
    return marked ? [entry.name.slice(0, -OBJECT_SUFFIX.length)] : [];
  });
}

function mayHold(folder: string, { prefix, after }: KeyRange): boolean {
  if (!folder.startsWith(prefix) && !prefix.startsWith(folder)) return false;
  return after === undefined || folder > after || after.startsWith(folder);
}
