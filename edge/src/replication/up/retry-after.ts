/**
 * How long an answer tells to wait, in milliseconds; 0 when it says nothing that can be read. A date, as
 * proxies send it, is taken against the answer's own date, since the box's clock may be wrong.
 */
export function retryAfterMs(headers: Headers): number {
  const told = headers.get('retry-after');
  if (told === null) return 0;
  if (/^\d{1,9}$/.test(told)) return Number(told) * 1000;
  const ms = Date.parse(told) - Date.parse(headers.get('date') ?? '');
  return Number.isFinite(ms) ? Math.max(ms, 0) : 0;
}
