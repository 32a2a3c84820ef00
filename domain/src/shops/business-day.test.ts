import { describe, expect, it } from 'vitest';
import { businessDay } from './business-day.ts';

const at = (iso: string) => Date.parse(iso);

describe('the business day of a sale', () => {
  it('is the date on the shop’s wall, not the one in Greenwich', () => {
    expect(businessDay(at('2026-06-01T21:59:59Z'), 'Europe/Stockholm')).toBe('2026-06-01');
    expect(businessDay(at('2026-06-01T22:00:00Z'), 'Europe/Stockholm')).toBe('2026-06-02');
    expect(businessDay(at('2026-12-01T22:30:00Z'), 'Europe/Stockholm')).toBe('2026-12-01');
    expect(businessDay(at('2026-12-31T23:00:00Z'), 'Europe/Stockholm')).toBe('2027-01-01');
    expect(businessDay(at('2026-06-01T02:00:00Z'), 'America/New_York')).toBe('2026-05-31');
  });

  it('is still yesterday in the small hours of a shop whose day starts at four', () => {
    expect(businessDay(at('2026-06-02T01:59:59Z'), 'Europe/Stockholm', 4)).toBe('2026-06-01');
    expect(businessDay(at('2026-06-02T02:00:00Z'), 'Europe/Stockholm', 4)).toBe('2026-06-02');
    expect(businessDay(at('2026-01-01T00:30:00Z'), 'Europe/Stockholm', 4)).toBe('2025-12-31');
    expect(businessDay(at('2028-03-01T00:30:00Z'), 'Europe/Stockholm', 4)).toBe('2028-02-29');
  });

  it('starts at four by the wall also in the nights when the clocks change', () => {
    expect(businessDay(at('2026-03-29T01:59:00Z'), 'Europe/Stockholm', 4)).toBe('2026-03-28');
    expect(businessDay(at('2026-03-29T02:00:00Z'), 'Europe/Stockholm', 4)).toBe('2026-03-29');
    expect(businessDay(at('2026-10-25T02:59:00Z'), 'Europe/Stockholm', 4)).toBe('2026-10-24');
    expect(businessDay(at('2026-10-25T03:00:00Z'), 'Europe/Stockholm', 4)).toBe('2026-10-25');
  });

  it('serves chains that span more time zones than it remembers', () => {
    const zones = Intl.supportedValuesOf('timeZone').slice(0, 150);
    for (const zone of zones) expect(businessDay(0, zone)).toMatch(/^19(?:69-12-31|70-01-01)$/);
    expect(businessDay(0, 'UTC')).toBe('1970-01-01');
  });

  it.each([
    [0, 'Europe/Atlantis', 0, 'timeZone'],
    [0, 'UTC', 24, 'dayStartsAtHour'],
    [0, 'UTC', -1, 'dayStartsAtHour'],
    [0, 'UTC', 1.5, 'dayStartsAtHour'],
    [Number.NaN, 'UTC', 0, 'instantMs'],
  ])('is refused for %d, %s, %d, naming the field %s', (instantMs, zone, hour, field) => {
    expect(() => businessDay(instantMs, zone, hour)).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID', details: { fields: [field] } }),
    );
  });
});
