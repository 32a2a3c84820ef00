import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { invalid } from '../dynamo-error.ts';
import { Placeholders } from '../expressions/placeholders.ts';
import type { RangeRow } from '../store/item-table.ts';
import type { Operation } from './operation.ts';
import { filterOf, indexOf, projectionOfRange, rangeRequest, readRange } from './read-range.ts';
import { parseRequest } from './requests.ts';

const MAX_SEGMENTS = 1_000_000;
const request = rangeRequest.extend({
  Segment: z.int().min(0).optional(),
  TotalSegments: z.int().min(1).max(MAX_SEGMENTS).optional(),
});

export const scan: Operation = {
  writes: false,
  run({ store }, input) {
    const parsed = parseRequest(request, input);
    const { FilterExpression, ProjectionExpression } = parsed;
    const table = store.table(parsed.TableName);
    const index = indexOf(table, parsed);
    const filled = new Placeholders(parsed, { FilterExpression, ProjectionExpression });
    const filter = filterOf(parsed, filled);
    const projection = projectionOfRange(table, index, parsed, filled);
    filled.assertAllUsed();
    const skips = otherSegments(parsed.Segment, parsed.TotalSegments);
    return readRange(
      { table, index, keys: undefined, filter, projection, descending: false, ...(skips ? { skips } : {}) },
      parsed,
    );
  },
};

/** A hash key belongs to one segment, however often the scan is repeated. */
function otherSegments(segment: number | undefined, total: number | undefined) {
  if (segment === undefined && total === undefined) return undefined;
  if (total === undefined) throw invalid('If segment is specified, total segment must also be specified');
  if (segment === undefined) throw invalid('If total segment is specified, segment must also be specified');
  if (segment >= total) {
    throw invalid(
      'The Segment parameter is zero-based and must be less than parameter TotalSegments: ' +
        `Segment: ${segment} is not less than TotalSegments: ${total}`,
    );
  }
  return (row: RangeRow) => crc32(row.hk) % total !== segment;
}
