import { expect, test } from 'vitest';
import { createWedge, type Key, type WedgeStep } from './wedge.ts';

function press(text: string, gapMs: number, enterAfterMs = gapMs): WedgeStep[] {
  const wedge = createWedge();
  const keys: Key[] = [...text].map((key, index) => plain(key, 1000 + index * gapMs));
  const lastAt = keys.at(-1)?.timeStamp ?? 1000;
  return [...keys, plain('Enter', lastAt + enterAfterMs)].map(wedge);
}

function plain(key: string, timeStamp: number): Key {
  return { key, timeStamp, ctrlKey: false, altKey: false, metaKey: false };
}

test('characters that arrive fast and end with Enter are a scan', () => {
  const steps = press('7310865004703', 8);
  expect(steps.at(0)).toEqual({ step: 'started' });
  expect(steps.at(-1)).toEqual({ step: 'scanned', data: '7310865004703' });
});

test('a slow scanner that still beats a person is a scan', () => {
  expect(press('73108650', 45).at(-1)).toEqual({ step: 'scanned', data: '73108650' });
});

test('a person who types a word and presses Enter is not a scanner', () => {
  expect(press('mjölk', 90).at(-1)).toEqual({ step: 'ignored' });
  expect(press('mjölk', 20, 300).at(-1)).toEqual({ step: 'ignored' });
});

test('Enter by itself, or after three quick keys, is not a scan', () => {
  expect(press('', 5).at(-1)).toEqual({ step: 'ignored' });
  expect(press('123', 5).at(-1)).toEqual({ step: 'ignored' });
});

test('what was typed slowly before a scan is not part of it', () => {
  const wedge = createWedge();
  wedge(plain('x', 0));
  const burst = [...'40170725', 'Enter'].map((key, index) => wedge(plain(key, 400 + index * 5)));
  expect(burst.at(-1)).toEqual({ step: 'scanned', data: '40170725' });
});

test('two scans in a row are two scans', () => {
  const wedge = createWedge();
  const all = [...'40170725', 'Enter', ...'73513537', 'Enter'];
  const scans = all
    .map((key, index) => wedge(plain(key, index * 5)))
    .flatMap((step) => ('data' in step ? [step.data] : []));
  expect(scans).toEqual(['40170725', '73513537']);
});

test('Ctrl+] is the separator of a GS1 code, and Shift does not end a scan', () => {
  const wedge = createWedge();
  const keys = [plain('1', 0), plain('0', 5), plain('Shift', 8), plain('A', 10)];
  for (const key of keys) wedge(key);
  wedge({ ...plain('Control', 12) });
  wedge({ ...plain(']', 14), ctrlKey: true });
  wedge(plain('2', 18));
  expect(wedge(plain('Enter', 22))).toEqual({ step: 'scanned', data: '10A\u001d2' });
});
