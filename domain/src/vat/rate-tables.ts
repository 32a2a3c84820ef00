import type { VatCategory } from './rates.ts';

export interface VatPeriod {
  /** First business day of the rate; it holds until the next period begins. */
  from: string;
  rateBp: number;
}

type VatPeriods = readonly [VatPeriod, ...VatPeriod[]];
type VatTable = Readonly<Record<VatCategory, VatPeriods>>;

const EARLIEST = '2010-07-01';

/** Rates from July 2010 on, oldest first. A change of law is one more period, never an edit of an old one. */
export const VAT_TABLES: ReadonlyMap<string, VatTable> = new Map([
  [
    'SE',
    {
      standard: rates(2500),
      // Prop. 2025/26:55 halves the rate on food for 21 months; meals served keep theirs.
      food: rates(1200, ['2026-04-01', 600], ['2028-01-01', 1200]),
      restaurant: rates(2500, ['2012-01-01', 1200]),
      culture: rates(600),
      zero: rates(0),
    },
  ],
  [
    'NO',
    {
      standard: rates(2500),
      food: rates(1400, ['2012-01-01', 1500]),
      restaurant: rates(2500),
      culture: rates(0),
      zero: rates(0),
    },
  ],
  [
    'DK',
    {
      standard: rates(2500),
      food: rates(2500),
      restaurant: rates(2500),
      culture: rates(2500),
      zero: rates(0),
    },
  ],
  [
    'FI',
    {
      standard: rates(2300, ['2013-01-01', 2400], ['2024-09-01', 2550]),
      food: rates(1300, ['2013-01-01', 1400], ['2026-01-01', 1350]),
      restaurant: rates(1300, ['2013-01-01', 1400], ['2026-01-01', 1350]),
      culture: rates(900, ['2013-01-01', 1000], ['2025-01-01', 1400], ['2026-01-01', 1350]),
      zero: rates(0),
    },
  ],
  [
    'GB',
    {
      standard: rates(1750, ['2011-01-04', 2000]),
      food: rates(0),
      restaurant: rates(
        1750,
        ['2011-01-04', 2000],
        ['2020-07-15', 500],
        ['2021-10-01', 1250],
        ['2022-04-01', 2000],
      ),
      culture: rates(0),
      zero: rates(0),
    },
  ],
  [
    'DE',
    {
      standard: rates(1900, ['2020-07-01', 1600], ['2021-01-01', 1900]),
      food: rates(700, ['2020-07-01', 500], ['2021-01-01', 700]),
      restaurant: rates(
        1900,
        ['2020-07-01', 500],
        ['2021-01-01', 700],
        ['2024-01-01', 1900],
        ['2026-01-01', 700],
      ),
      culture: rates(700, ['2020-07-01', 500], ['2021-01-01', 700]),
      zero: rates(0),
    },
  ],
] satisfies [string, VatTable][]);

function rates(first: number, ...changes: [from: string, rateBp: number][]): VatPeriods {
  return [{ from: EARLIEST, rateBp: first }, ...changes.map(([from, rateBp]) => ({ from, rateBp }))];
}
