import { ButikError } from '@butik/proto/errors/butik-error';

/**
 * The business day (YYYY-MM-DD) of an instant in a shop's time zone (IANA name). A shop that is open past
 * midnight lets its day start later: with `dayStartsAtHour` 4, a sale at 03:59 local time is still
 * yesterday's. Throws REQUEST_INVALID for an unknown time zone, an hour outside 0–23 or no instant.
 */
export function businessDay(instantMs: number, timeZone: string, dayStartsAtHour = 0): string {
  if (!Number.isInteger(dayStartsAtHour) || dayStartsAtHour < 0 || dayStartsAtHour > 23) {
    throw invalid('dayStartsAtHour', dayStartsAtHour);
  }
  if (Number.isNaN(new Date(instantMs).getTime())) throw invalid('instantMs', instantMs);
  const { year, month, day, hour } = localParts(instantMs, timeZone);
  const date = new Date(Date.UTC(year, month - 1, hour < dayStartsAtHour ? day - 1 : day));
  return date.toISOString().slice(0, 10);
}

/** Making a formatter is slow and every sale asks; a process serves few zones, the bound is for safety. */
const MAX_FORMATTERS = 100;
const formatters = new Map<string, Intl.DateTimeFormat>();

function localParts(instantMs: number, timeZone: string) {
  const parts = new Map(
    formatterOf(timeZone)
      .formatToParts(instantMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type)!;
  return { year: part('year'), month: part('month'), day: part('day'), hour: part('hour') };
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const made = makeFormatter(timeZone);
  if (formatters.size >= MAX_FORMATTERS) formatters.clear();
  formatters.set(timeZone, made);
  return made;
}

function makeFormatter(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
    });
  } catch (cause) {
    throw invalid('timeZone', timeZone, cause);
  }
}

function invalid(field: string, value: unknown, cause?: unknown): ButikError {
  return new ButikError('REQUEST_INVALID', {
    message: `${field} cannot be “${value}”.`,
    details: { fields: [field] },
    cause,
  });
}
