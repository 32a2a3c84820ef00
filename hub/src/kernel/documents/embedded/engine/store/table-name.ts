import { invalid } from '../dynamo-error.ts';

const TABLE_NAME = /^[A-Za-z0-9_.-]{3,255}$/;

export function assertTableName(name: string): void {
  if (TABLE_NAME.test(name)) return;
  throw invalid(
    'Invalid table/index name.  Table/index names must be between 3 and 255 characters long, ' +
      "and may contain only the characters a-z, A-Z, 0-9, '_', '-', and '.'",
  );
}
