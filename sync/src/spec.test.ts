import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const syncRoot = dirname(dirname(fileURLToPath(import.meta.url)));
const roots = ['sync', 'edge', 'hub'].map((room) => join(syncRoot, '..', room, 'src'));

test('every rule of SPEC.md is cited by the name of a test', () => {
  const spec = readFileSync(join(syncRoot, 'SPEC.md'), 'utf8');
  const rules = [...spec.matchAll(/^- \*\*([A-Z]\d+)\*\*/gm)].map((match) => match[1]!);
  const cited = new Set(roots.flatMap(testFiles).flatMap(citations));

  expect(rules.length).toBeGreaterThan(30);
  expect(new Set(rules).size).toBe(rules.length);
  expect(rules.filter((rule) => !cited.has(rule))).toEqual([]);
});

function testFiles(root: string): string[] {
  return readdirSync(root, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The rules named at the head of tests: `test('[U3] …'` or `[U3, U4]`. */
function citations(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/\(\s*['"`]\[([A-Z]\d+(?:, [A-Z]\d+)*)\] /g)].flatMap((match) =>
    match[1]!.split(', '),
  );
}
