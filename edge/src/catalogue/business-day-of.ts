import { businessDay } from '@butik/domain/shops/business-day';
import type { CurrentShop } from './current-shop.ts';

/** YYYY-MM-DD of an instant (epoch milliseconds) in a shop. */
export type BusinessDayOf = (shop: CurrentShop, instantMs: number) => string;

/** Time zones differ from UTC by whole quarters of an hour, so within one the business day cannot change. */
const QUARTER_MS = 15 * 60_000;

/** Remembers the last quarter: reading a calendar costs as much as writing a sale's lines. */
export function createBusinessDayOf(): BusinessDayOf {
  let known = { quarter: Number.NaN, timeZone: '', day: '' };
  return ({ timeZone }, instantMs) => {
    const quarter = Math.floor(instantMs / QUARTER_MS);
    if (known.quarter !== quarter || known.timeZone !== timeZone) {
      known = { quarter, timeZone, day: businessDay(instantMs, timeZone) };
    }
    return known.day;
  };
}
