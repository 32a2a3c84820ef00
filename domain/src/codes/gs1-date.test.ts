import { describe, expect, it } from 'vitest';
import { gs1Date } from './gs1-date.ts';

describe('a date on a label', () => {
  it.each([
    ['260401', '2026-06-01', '2026-04-01'],
    ['260200', '2026-06-01', '2026-02-28'],
    ['280200', '2026-06-01', '2028-02-29'],
    ['260400', '2026-06-01', '2026-04-30'],
    ['261200', '2026-06-01', '2026-12-31'],
  ])('%s is read as the day it means; day 00 is the last of its month', (yymmdd, today, day) => {
    expect(gs1Date(yymmdd, today)).toBe(day);
  });

  it.each([
    ['760101', '2026-06-01', '2076-01-01'],
    ['770101', '2026-06-01', '1977-01-01'],
    ['990101', '2026-06-01', '1999-01-01'],
    ['000101', '1999-12-31', '2000-01-01'],
    ['490101', '1999-12-31', '2049-01-01'],
    ['500101', '1999-12-31', '1950-01-01'],
    ['100101', '2060-06-01', '2110-01-01'],
    ['110101', '2060-06-01', '2011-01-01'],
  ])('%s seen on %s is in the century that is nearest: %s', (yymmdd, today, day) => {
    expect(gs1Date(yymmdd, today)).toBe(day);
  });

  it.each(['260431', '260230', '250229', '260001', '261301', '260000'])('%s is no day', (yymmdd) => {
    expect(gs1Date(yymmdd, '2026-06-01')).toBeNull();
  });
});
