import { expect, test } from 'vitest';
import { createRetryBudget } from './retry-budget.ts';

let now = 0;
const clock = { now: () => now };

function taken(budget: { take(): boolean }): number {
  let retries = 0;
  while (retries < 100 && budget.take()) retries += 1;
  return retries;
}

test('retries are a share of the calls, after those that were saved', () => {
  const budget = createRetryBudget({ share: 0.25, perSecond: 0, saved: 3 }, clock);
  expect(taken(budget)).toBe(3);
  for (let calls = 0; calls < 8; calls++) budget.onCall();
  expect(taken(budget)).toBe(2);
});

test('what a good day saves is bounded', () => {
  const budget = createRetryBudget({ share: 0.25, perSecond: 0, saved: 3 }, clock);
  for (let calls = 0; calls < 1_000; calls++) budget.onCall();
  expect(taken(budget)).toBe(3);
});

test('a remote that is seldom called gets a few retries all the same, even if the clock is set back', () => {
  const budget = createRetryBudget({ share: 0.25, perSecond: 0.5, saved: 3 }, clock);
  taken(budget);
  now += 4_000;
  expect(taken(budget)).toBe(2);
  now -= 60_000;
  expect(taken(budget)).toBe(0);
  now += 2_000;
  expect(taken(budget)).toBe(1);
});
