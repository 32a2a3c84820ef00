import { expect, test } from 'vitest';
import { createApplyPace } from './apply-pace.ts';

test('while a box sends what gathered offline, little is applied, and all at full pace once its batches end', () => {
  let nowMs = 5;
  const pace = createApplyPace(() => nowMs);
  const full = pace.now();
  pace.took(1_000);
  const beside = pace.now();
  expect(beside.roundFacts).toBeGreaterThan(0);
  expect(beside.roundFacts).toBeLessThan(full.roundFacts);
  expect(beside.pauseMs).toBeGreaterThan(full.pauseMs);

  nowMs += 200;
  pace.took(1_000);
  nowMs += 200;
  expect(pace.now()).toEqual(beside);
  nowMs += 50;
  expect(pace.now()).toEqual(full);
});

test('shops that are open and send sale by sale slow nothing down', () => {
  const pace = createApplyPace(() => 5);
  const full = pace.now();
  for (let sale = 0; sale < 1_000; sale++) pace.took(2);
  expect(pace.now()).toEqual(full);
});
