import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compareFolders } from './compare-folders.ts';

const root = mkdtempSync(join(tmpdir(), 'butik-compare-'));
afterAll(() => rmSync(root, { recursive: true }));

function folder(name: string, files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name, path)), { recursive: true });
    writeFileSync(join(root, name, path), text);
  }
  return join(root, name);
}

test('a file that differs, is new or is gone is named', () => {
  const written = folder('written', { 'a/same.ts': '1', 'a/changed.ts': '1', 'gone.ts': '1' });
  const kept = folder('kept', { 'a/same.ts': '1', 'a/changed.ts': '2', 'a/new.ts': '1' });
  expect(compareFolders(written, kept)).toEqual(['a/changed.ts', 'a/new.ts', 'gone.ts']);
  expect(compareFolders(written, written)).toEqual([]);
});
