import type { SaleLine } from '@butik/proto/facts/sale-recorded';

/** An item has at most 400 KB. */
const LINES_A_PART = 400;
const PART_BYTES = 200_000;

/** Parts of at most 400 lines and 200 KB, in order. */
export function splitLines(lines: readonly SaleLine[]): SaleLine[][] {
  const parts: SaleLine[][] = [];
  let part: SaleLine[] = [];
  let bytes = 0;
  for (const line of lines) {
    const size = Buffer.byteLength(JSON.stringify(line));
    if (part.length > 0 && (part.length === LINES_A_PART || bytes + size > PART_BYTES)) {
      parts.push(part);
      [part, bytes] = [[], 0];
    }
    part.push(line);
    bytes += size;
  }
  parts.push(part);
  return parts;
}
