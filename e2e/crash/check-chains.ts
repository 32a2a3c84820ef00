import { type JournalReceipt, verifyJournal } from '@butik/domain/receipts/receipt-number';
import type { Fact } from '@butik/proto/facts/sync-wire';
import { GENESIS_HASH, verifyChain } from '@butik/sync/hash-chain';
import type { Database } from 'better-sqlite3';
import { createFindSale } from '../../edge/src/sales/find-sale.ts';
import { sha256 } from '../../edge/src/sha256.ts';
import type { Findings } from './findings.ts';
import type { CrashShop } from './open-shop.ts';

type Shop = Pick<CrashShop, 'shopId' | 'nodeId' | 'epoch' | 'cursors'>;

/** Verifies the journal of receipts and the chain of facts of every channel, and that no cursor went back. */
export function checkChains(db: Database, shop: Shop, found: Findings): void {
  checkJournal(db, shop, found);
  const channels = db
    .prepare<[], { channel: string; lastSeq: number; lastHash: string; acknowledged: number }>(
      'SELECT channel, last_seq AS lastSeq, last_hash AS lastHash, acknowledged FROM channels',
    )
    .all();
  for (const { channel, lastSeq, lastHash, acknowledged } of channels) {
    const before = shop.cursors.get(channel) ?? { lastSeq: 0, acknowledged: 0 };
    if (lastSeq < before.lastSeq || acknowledged < before.acknowledged) {
      found.corrupt.push(`the cursor of ${channel} went back`);
    }
    shop.cursors.set(channel, { lastSeq, acknowledged });
    const facts = readFacts(db, channel);
    // A run is far shorter than the days for which facts are kept: the chain is whole from its first.
    const expected = facts.map((_, index) => index + 1);
    if (facts.length !== lastSeq || facts.some(({ seq }, index) => seq !== expected[index])) {
      found.corrupt.push(`${channel} has ${facts.length} facts, its last number is ${lastSeq}`);
      continue;
    }
    if ((facts.at(-1)?.hash ?? GENESIS_HASH) !== lastHash)
      found.corrupt.push(`${channel} ends with another hash`);
    try {
      verifyChain(sha256, { node: shop.nodeId, epoch: shop.epoch }, GENESIS_HASH, facts);
    } catch (error) {
      found.corrupt.push(`the chain of ${channel} does not verify: ${error}`);
    }
  }
  const count = (sql: string) => db.prepare<[], number>(sql).pluck().get() ?? 0;
  const sales = count('SELECT count(*) FROM sales');
  const facts = count("SELECT count(DISTINCT aggregate) FROM outbox WHERE type = 'sale.recorded'");
  const told = count("SELECT count(*) FROM outbox WHERE type = 'sale.recorded'");
  if (sales !== facts || sales !== told)
    found.corrupt.push(`${sales} sales, but ${told} facts about ${facts}`);
}

function checkJournal(db: Database, { shopId }: Shop, found: Findings): void {
  const findSale = createFindSale(db);
  const ids = db
    .prepare<[], string>('SELECT sale_id FROM sales ORDER BY epoch, receipt_number')
    .pluck()
    .all();
  const journal = ids.map(findSale).map((sale): JournalReceipt & { hash: string } => {
    const { till, epoch, number, journalHash: hash } = sale.receipt;
    return { ...sale, till, epoch, number, hash, shopId, issuedAt: sale.soldAt };
  });
  const broken = verifyJournal(sha256, journal);
  if (broken !== null) found.corrupt.push(`the journal of receipts breaks at ${journal[broken]?.number}`);
}

function readFacts(db: Database, channel: string): Fact[] {
  return db
    .prepare<[string], Fact>(
      `SELECT channel, seq, id, hlc, type, version, aggregate, payload, prev_hash AS prevHash, hash
       FROM outbox WHERE channel = ? ORDER BY seq`,
    )
    .all(channel);
}
