import {
  formatReceiptNumber,
  JOURNAL_GENESIS,
  type JournalReceipt,
  journalHash,
} from '@butik/domain/receipts/receipt-number';
import type { Database } from 'better-sqlite3';
import type { Identity } from '../provisioning/identity.ts';
import { sha256 } from '../sha256.ts';
import type { Sale } from './sale.ts';

type Issued = Omit<JournalReceipt, 'shopId' | 'till' | 'epoch' | 'number'>;

/** Numbers a sale's receipt after the till's last one and chains it into the till's journal. */
export function createReceiptIssuer(context: { db: Database; identity: Identity; till: string }) {
  const { db, identity, till } = context;
  const { epoch } = identity;
  const last = db.prepare<[string, number], { number: number; hash: string }>(
    'SELECT last_number AS number, last_hash AS hash FROM journals WHERE till = ? AND epoch = ?',
  );
  const advance = db.prepare<[string, number, number, string]>(
    `INSERT INTO journals (till, epoch, last_number, last_hash) VALUES (?, ?, ?, ?)
     ON CONFLICT (till, epoch) DO UPDATE SET last_number = excluded.last_number, last_hash = excluded.last_hash`,
  );
  return (sale: Issued): Sale['receipt'] => {
    const previous = last.get(till, epoch) ?? { number: 0, hash: JOURNAL_GENESIS };
    const numbered = { till, epoch, number: previous.number + 1 };
    const receipt = { ...sale, ...numbered, shopId: identity.shop.shopId };
    const hashed = journalHash(sha256, previous.hash, receipt);
    advance.run(till, epoch, numbered.number, hashed);
    return { ...numbered, text: formatReceiptNumber(numbered), journalHash: hashed };
  };
}
export type IssueReceipt = ReturnType<typeof createReceiptIssuer>;
