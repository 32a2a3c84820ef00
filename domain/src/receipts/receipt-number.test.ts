import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  formatReceiptNumber,
  JOURNAL_GENESIS,
  type JournalReceipt,
  journalHash,
  verifyJournal,
} from './receipt-number.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function receipt(number: number): JournalReceipt {
  return {
    shopId: 'shop-1',
    till: 'K1',
    epoch: 2,
    number,
    saleId: `sale-${number}`,
    kind: 'sale',
    businessDay: '2026-06-01',
    issuedAt: '2026-06-01T10:00:00.000Z',
    currency: 'SEK',
    totalMinor: 9990,
    roundingMinor: 10,
    payableMinor: 10_000,
    lines: [{ code: 'c', name: 'Kaffe', quantity: 2, unitPriceMinor: 4995, rateBp: 600, amountMinor: 9990 }],
    vat: [{ rateBp: 600, grossMinor: 9990, netMinor: 9425, vatMinor: 565 }],
    tenders: [{ type: 'cash', amountMinor: 10_000 }],
  };
}

function journal(length: number): (JournalReceipt & { hash: string })[] {
  let previous = JOURNAL_GENESIS;
  return Array.from({ length }, (_, index) => {
    const entry = receipt(index + 1);
    previous = journalHash(sha256, previous, entry);
    return { ...entry, hash: previous };
  });
}

describe('the number on a receipt', () => {
  it('names the till, its epoch and the gapless count', () => {
    expect(formatReceiptNumber({ till: 'K1', epoch: 2, number: 42 })).toBe('K1-2-000042');
    expect(formatReceiptNumber({ till: 'K1', epoch: 0, number: 12_345_678 })).toBe('K1-0-12345678');
  });

  it.each([
    ['till', { till: '', epoch: 1, number: 1 }],
    ['epoch', { till: 'K1', epoch: -1, number: 1 }],
    ['epoch', { till: 'K1', epoch: 0.5, number: 1 }],
    ['number', { till: 'K1', epoch: 1, number: 0 }],
    ['number', { till: 'K1', epoch: 1, number: 1.5 }],
  ])('is refused without a proper %s', (field, parts) => {
    expect(() => formatReceiptNumber(parts)).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID', details: { fields: [field] } }),
    );
  });
});

describe('the journal of a till', () => {
  it('holds from the first receipt on, and from any later one whose forerunner is known', () => {
    const receipts = journal(5);
    expect(verifyJournal(sha256, receipts)).toBeNull();
    expect(verifyJournal(sha256, receipts.slice(2), receipts[1]!.hash)).toBeNull();
    expect(verifyJournal(sha256, [])).toBeNull();
  });

  it('shows where a receipt was left out, put in, swapped or cut off at the beginning', () => {
    const receipts = journal(5);
    expect(verifyJournal(sha256, receipts.toSpliced(2, 1))).toBe(2);
    expect(verifyJournal(sha256, receipts.toSpliced(2, 0, receipts[0]!))).toBe(2);
    expect(verifyJournal(sha256, [receipts[1]!, receipts[0]!])).toBe(0);
    expect(verifyJournal(sha256, receipts.slice(1))).toBe(0);
  });

  it('vouches for every field of a receipt', () => {
    const original = receipt(1);
    const hash = journalHash(sha256, JOURNAL_GENESIS, original);
    const altered = deepChanges(original);
    expect(altered.length).toBe(24);
    for (const changed of altered) expect(journalHash(sha256, JOURNAL_GENESIS, changed)).not.toBe(hash);
  });

  it('does not mind the order in which the fields of a receipt were written down', () => {
    const original = receipt(1);
    const reordered = Object.fromEntries(Object.entries(original).reverse()) as unknown as JournalReceipt;
    expect(journalHash(sha256, JOURNAL_GENESIS, reordered)).toBe(
      journalHash(sha256, JOURNAL_GENESIS, original),
    );
  });

  it('keeps its hash for as long as there are receipts to verify', () => {
    expect(journalHash(sha256, JOURNAL_GENESIS, receipt(1))).toBe(
      'd9622e742f1068d9b915d2260f56bf665bd56bff250a73a4899a6b31575ece93',
    );
  });
});

/** The receipt once for each number and text in it, with that one changed. */
function deepChanges(original: JournalReceipt): JournalReceipt[] {
  const text = JSON.stringify(original);
  const values = [...text.matchAll(/:("[^"]*"|-?[0-9]+)/g)];
  return values.map((match) => {
    const value = match[1]!;
    const start = match.index + 1;
    const other = value.startsWith('"') ? `"${value.slice(1, -1)}x"` : String(Number(value) + 1);
    return JSON.parse(`${text.slice(0, start)}${other}${text.slice(start + value.length)}`) as JournalReceipt;
  });
}
