import type { Table } from 'dynamodb-onetable';

/** The append-only audit log of a service: one more model in its table, written in the change's own transaction. */
export const auditModels = {
  Audit: {
    pk: { type: String, value: '${subject}' },
    sk: { type: String, value: 'audit#${at}#${auditId}' },
    subject: { type: String, required: true },
    auditId: { type: String, required: true },
    at: { type: String, required: true },
    by: { type: String, required: true },
    action: { type: String, required: true },
    change: { type: Object, required: true },
  },
} as const;

export interface AuditEntry {
  /** Partition key of what was changed: `product#ID`. */
  subject: string;
  auditId: string;
  /** ISO 8601 in UTC. */
  at: string;
  /** Who did it: `user:ID`, `import:ID`, `node:ID`. */
  by: string;
  action: string;
  /** What became of it: the fields that were set. */
  change: Record<string, unknown>;
}

/** Adds an entry to the transaction of the change it tells of. */
export async function putAudit(table: Table, entry: AuditEntry, transaction: object): Promise<void> {
  // The id is fresh, so there is nothing to overwrite, and one condition less to check for each change.
  await table.create('Audit', entry, { transaction, exists: null });
}
