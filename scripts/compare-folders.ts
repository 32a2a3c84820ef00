import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files that only one of the folders has, or that are not the same in both; paths within the folders. */
export function compareFolders(one: string, other: string): string[] {
  const [ours, theirs] = [filesOf(one), filesOf(other)];
  return [...new Set([...ours, ...theirs])].sort().filter((path) => {
    if (!ours.has(path) || !theirs.has(path)) return true;
    return !readFileSync(join(one, path)).equals(readFileSync(join(other, path)));
  });
}

function filesOf(folder: string): Set<string> {
  const entries = globSync('**/*', { cwd: folder, withFileTypes: true });
  return new Set(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)),
  );
}
