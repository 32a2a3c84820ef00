const SWISH_ID = /^[0-9A-F]{32}$/;

/** A UUID as Swish writes ids. */
export function toSwishId(uuid: string): string {
  return uuid.replaceAll('-', '').toUpperCase();
}

/** The UUID of a Swish id; null for anything else. */
export function fromSwishId(id: unknown): string | null {
  if (typeof id !== 'string' || !SWISH_ID.test(id)) return null;
  return id.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
