/**
 * A GS1 date (YYMMDD) as YYYY-MM-DD, or null when there is no such day. Day 00 means the last of the
 * month. The century is the one that puts the year within 49 years before or 50 years after today's
 * (GS1 General Specifications, 7.12). `today` is YYYY-MM-DD.
 */
export function gs1Date(yymmdd: string, today: string): string | null {
  const year = fullYear(Number(yymmdd.slice(0, 2)), Number(today.slice(0, 4)));
  const month = Number(yymmdd.slice(2, 4));
  const lastDay = daysIn(year, month);
  const day = Number(yymmdd.slice(4, 6)) || lastDay;
  if (month < 1 || month > 12 || day > lastDay) return null;
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function fullYear(twoDigits: number, thisYear: number): number {
  const century = thisYear - (thisYear % 100);
  const ahead = twoDigits - (thisYear % 100);
  if (ahead >= 51) return century - 100 + twoDigits;
  if (ahead <= -50) return century + 100 + twoDigits;
  return century + twoDigits;
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
