import { ButikError } from '@butik/proto/errors/butik-error';
import type { SaleKind } from '../sale/price-sale.ts';
import type { Tender } from '../sale/settle-tenders.ts';
import type { VatRow } from '../vat/breakdown.ts';

/** What of a receipt the journal vouches for. */
export interface JournalReceipt {
  shopId: string;
  till: string;
  epoch: number;
  /** Gapless from 1 for each till and epoch. */
  number: number;
  saleId: string;
  kind: SaleKind;
  /** YYYY-MM-DD. */
  businessDay: string;
  /** UTC ISO-8601. */
  issuedAt: string;
  currency: string;
  totalMinor: number;
  roundingMinor: number;
  payableMinor: number;
  lines: readonly {
    code: string;
    name: string;
    quantity: number;
    unitPriceMinor: number;
    rateBp: number;
    amountMinor: number;
  }[];
  vat: readonly VatRow[];
  tenders: readonly Tender[];
}

/** Hex digest of the UTF-8 bytes of a text; each process brings its own, as domain imports no Node module. */
export type Sha256 = (text: string) => string;

/** What stands before the first receipt of a till's epoch. */
export const JOURNAL_GENESIS = '0'.repeat(64);

const FORMAT = 'butik-receipt-1';
const NUMBER_WIDTH = 6;

/** The number printed on a receipt, `TILL-EPOCH-NUMBER`, e.g. K1-2-000042. Throws REQUEST_INVALID. */
export function formatReceiptNumber({
  till,
  epoch,
  number,
}: {
  till: string;
  epoch: number;
  number: number;
}): string {
  if (till === '') throw invalid('till');
  if (!Number.isSafeInteger(epoch) || epoch < 0) throw invalid('epoch');
  if (!Number.isSafeInteger(number) || number < 1) throw invalid('number');
  return `${till}-${epoch}-${String(number).padStart(NUMBER_WIDTH, '0')}`;
}

/**
 * The hash of a receipt in its till's chain: of the previous hash and of every field in a fixed order,
 * so that no receipt can be changed, left out or put in between without breaking all that follow.
 */
export function journalHash(sha256: Sha256, previous: string, receipt: JournalReceipt): string {
  return sha256(canonicalText(previous, receipt));
}

/**
 * Index of the first receipt whose hash does not follow from the one before it, or null when the chain
 * holds. `previous` is the hash before the first receipt given. A chain cut off at its end still holds;
 * the gapless numbers and the hub's copy show that.
 */
export function verifyJournal(
  sha256: Sha256,
  receipts: readonly (JournalReceipt & { hash: string })[],
  previous: string = JOURNAL_GENESIS,
): number | null {
  let expectedPrevious = previous;
  for (const [index, receipt] of receipts.entries()) {
    if (journalHash(sha256, expectedPrevious, receipt) !== receipt.hash) return index;
    expectedPrevious = receipt.hash;
  }
  return null;
}

/** Arrays, not objects: JSON of an array has one order, whoever made the object. */
function canonicalText(previous: string, receipt: JournalReceipt): string {
  return JSON.stringify([
    FORMAT,
    previous,
    receipt.shopId,
    receipt.till,
    receipt.epoch,
    receipt.number,
    receipt.saleId,
    receipt.kind,
    receipt.businessDay,
    receipt.issuedAt,
    receipt.currency,
    receipt.totalMinor,
    receipt.roundingMinor,
    receipt.payableMinor,
    receipt.lines.map((line) => [
      line.code,
      line.name,
      line.quantity,
      line.unitPriceMinor,
      line.rateBp,
      line.amountMinor,
    ]),
    receipt.vat.map((row) => [row.rateBp, row.grossMinor, row.netMinor, row.vatMinor]),
    receipt.tenders.map((tender) => [tender.type, tender.amountMinor]),
  ]);
}

function invalid(field: string): ButikError {
  return new ButikError('REQUEST_INVALID', {
    message: `The receipt number has no valid ${field}.`,
    details: { fields: [field] },
  });
}
