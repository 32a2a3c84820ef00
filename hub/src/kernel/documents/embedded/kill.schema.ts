import type { OneSchema } from 'dynamodb-onetable';

export const KILL_TABLE = 'kill';

export const killSchema = {
  format: 'onetable:1.1.0',
  version: '1.0.0',
  indexes: { primary: { hash: 'pk', sort: 'sk' } },
  models: { Entry: { pk: { type: String, required: true }, sk: { type: String, required: true } } },
} as const satisfies OneSchema;
