import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { VAT_TABLES } from './rate-tables.ts';
import { VAT_CATEGORIES, type VatCategory, vatRate } from './rates.ts';

describe('the VAT rate of a day', () => {
  it('is halved on Swedish food for 21 months, to the day, while meals keep theirs', () => {
    expect(vatRate('SE', 'food', '2026-03-31')).toBe(1200);
    expect(vatRate('SE', 'food', '2026-04-01')).toBe(600);
    expect(vatRate('SE', 'food', '2027-12-31')).toBe(600);
    expect(vatRate('SE', 'food', '2028-01-01')).toBe(1200);
    expect(vatRate('SE', 'restaurant', '2026-06-01')).toBe(1200);
  });

  it.each<[string, VatCategory, string, number]>([
    ['SE', 'standard', '2026-01-01', 2500],
    ['SE', 'culture', '2026-01-01', 600],
    ['SE', 'zero', '2026-01-01', 0],
    ['NO', 'food', '2026-01-01', 1500],
    ['NO', 'restaurant', '2026-01-01', 2500],
    ['DK', 'food', '2026-01-01', 2500],
    ['FI', 'standard', '2024-08-31', 2400],
    ['FI', 'standard', '2024-09-01', 2550],
    ['FI', 'food', '2025-12-31', 1400],
    ['FI', 'food', '2026-01-01', 1350],
    ['GB', 'standard', '2010-12-01', 1750],
    ['GB', 'standard', '2011-01-04', 2000],
    ['GB', 'food', '2026-01-01', 0],
    ['GB', 'culture', '2026-01-01', 0],
    ['DE', 'standard', '2020-12-31', 1600],
    ['DE', 'food', '2026-01-01', 700],
  ])('%s %s on %s is %d basis points', (country, category, day, rateBp) => {
    expect(vatRate(country, category, day)).toBe(rateBp);
  });

  it('is known even to a box whose clock has fallen back to 1970', () => {
    expect(vatRate('SE', 'standard', '1970-01-01')).toBe(2500);
  });

  it.each([
    ['XX', 'food', '2026-01-01'],
    ['SE', 'tobacco', '2026-01-01'],
    ['SE', 'toString', '2026-01-01'],
    ['SE', 'food', '2026-1-1'],
    ['SE', 'food', '2026-01-01T00:00:00Z'],
  ])('is refused for %s, %s, %s', (country, category, businessDay) => {
    expect(() => vatRate(country, category as VatCategory, businessDay)).toThrow(
      expect.objectContaining({ code: 'VAT_RATE_UNKNOWN', details: { country, category, businessDay } }),
    );
  });

  it('has for every country and category periods that follow one another', () => {
    for (const table of VAT_TABLES.values()) {
      for (const category of VAT_CATEGORIES) {
        const days = table[category].map((period) => period.from);
        expect(days).toEqual([...new Set(days)].sort());
      }
    }
  });
});

interface PublishedPeriod {
  effective_from: string;
  rates: { standard: number };
}

const dataFolder =
  process.env.BUTIK_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const published = `${dataFolder}/vat-rates.json`;
if (!existsSync(published))
  console.info('vat-rates.json is not here: the comparison of VAT rates is left out.');

describe.skipIf(!existsSync(published))('the standard rates, beside a published table', () => {
  it('agree on every day on which one of the two changes, and on the day before', () => {
    const { items } = JSON.parse(readFileSync(published, 'utf8')) as {
      items: Record<string, PublishedPeriod[]>;
    };
    const compared: string[] = [];
    for (const [country, table] of VAT_TABLES) {
      const periods = [...(items[country] ?? [])].sort((a, b) =>
        a.effective_from.localeCompare(b.effective_from),
      );
      const first = periods[0];
      if (first === undefined) continue;
      compared.push(country);
      // Where the published table begins without a date, it leaves out the changes of earlier years.
      const since = first.effective_from === '0000-01-01' ? '2015-01-01' : first.effective_from;
      const changes = [
        ...periods.map((period) => period.effective_from),
        ...table.standard.map((period) => period.from),
        since,
      ];
      for (const day of changes
        .flatMap((change) => [dayBefore(change), change])
        .filter((each) => each >= since)) {
        const expected = periods.findLast((period) => period.effective_from <= day)!.rates.standard;
        expect([country, day, vatRate(country, 'standard', day)]).toEqual([country, day, expected * 100]);
      }
    }
    expect(compared).toEqual(['SE', 'DK', 'FI', 'GB', 'DE']);
  });
});

function dayBefore(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
}
