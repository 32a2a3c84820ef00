/** How amounts, rates and times look in a language. */

export function formatMoney(minor: number, currency: string, locale: string): string {
  const format = moneyFormat(currency, locale);
  return format.format(minor / 10 ** digitsOf(format));
}

/** An amount without its currency, for a field: `31,50`, or `31` when there are no minor units in it. */
export function formatAmount(minor: number, currency: string, locale: string): string {
  const digits = minorDigits(currency);
  const whole = minor % 10 ** digits === 0;
  return new Intl.NumberFormat(locale, {
    useGrouping: false,
    minimumFractionDigits: whole ? 0 : digits,
  }).format(minor / 10 ** digits);
}

/** Minor units of what a person typed, with a comma or a point; null when it is not an amount. */
export function parseAmount(text: string, currency: string): number | null {
  const match = /^(\d{1,9})(?:[.,](\d*))?$/.exec(text.replaceAll(/[\s\u00a0]/g, ''));
  if (!match) return null;
  const digits = minorDigits(currency);
  const fraction = match[2] ?? '';
  if (fraction.length > digits) return null;
  return Number(`${match[1]}${fraction.padEnd(digits, '0')}`);
}

/** `rateBp` is basis points: 2500 is 25 %. */
export function formatRate(rateBp: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 }).format(
    rateBp / 10_000,
  );
}

export function formatCount(count: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(count);
}

export function formatTime(iso: string, timeZone: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(
    new Date(iso),
  );
}

export function minorDigits(currency: string): number {
  return digitsOf(moneyFormat(currency, 'sv-SE'));
}

const formats = new Map<string, Intl.NumberFormat>();

/** Kept, because making one takes longer than using it a hundred times. A page meets one or two currencies. */
function moneyFormat(currency: string, locale: string): Intl.NumberFormat {
  const key = `${currency} ${locale}`;
  const kept = formats.get(key);
  if (kept) return kept;
  const made = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  });
  formats.set(key, made);
  return made;
}

function digitsOf(format: Intl.NumberFormat): number {
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}
