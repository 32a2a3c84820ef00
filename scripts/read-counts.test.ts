import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readCounts } from './read-counts.ts';

const folder = mkdtempSync(join(tmpdir(), 'butik-counts-'));
afterAll(() => rmSync(folder, { recursive: true }));

function report(
  passed: number,
  failed: number,
  files: { status: string; assertionResults: unknown[] }[] = [],
) {
  const file = join(folder, 'report.json');
  writeFileSync(file, JSON.stringify({ numPassedTests: passed, numFailedTests: failed, testResults: files }));
  return file;
}

test('passed and failed tests are counted', () => {
  expect(readCounts(report(5, 2), 1)).toEqual({ passed: 5, failed: 2 });
  expect(readCounts(report(5, 0), 0)).toEqual({ passed: 5, failed: 0 });
});

test('a file that could not be loaded is a failure', () => {
  const unloaded = { status: 'failed', assertionResults: [] };
  expect(readCounts(report(5, 0, [unloaded]), 1)).toEqual({ passed: 5, failed: 1 });
});

test('no report, or an end in error without a failed test, is a failure', () => {
  expect(readCounts(join(folder, 'never-written.json'), 1)).toEqual({ passed: 0, failed: 1 });
  expect(readCounts(report(5, 0), 1)).toEqual({ passed: 5, failed: 1 });
  expect(readCounts(report(5, 0), null)).toEqual({ passed: 5, failed: 1 });
});
