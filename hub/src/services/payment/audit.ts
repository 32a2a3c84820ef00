import { sql as template } from 'drizzle-orm';
import type { SqlTx } from '../../kernel/sql/sql.ts';

export interface AuditEntry {
  /** `payment:ID` or `refund:ID`. */
  subject: string;
  /** Epoch milliseconds. */
  atMs: number;
  /** Who did it: `user:ID`, `service:order`, `gateway:swish`. */
  by: string;
  action: string;
  /** What became of it; never who paid. */
  change: Record<string, unknown>;
}

/** Adds an entry to the append-only audit log, in the transaction of the change it tells of. */
export async function putAudit(tx: SqlTx, { subject, atMs, by, action, change }: AuditEntry): Promise<void> {
  await tx.rows(template`
    INSERT INTO payment.audit (subject, at, by, action, change)
    VALUES (${subject}, ${new Date(atMs)}::timestamptz, ${by}, ${action}, ${JSON.stringify(change)}::jsonb)`);
}
