import type { Sale } from '../../edge/src/sales/sale.ts';
import type { Received } from '../../edge/src/stock/receive-stock.ts';

export interface OperationLine {
  productId: string;
  quantity: number;
  unitPriceMinor: number;
}

/** What a client asks of its shop, with the key under which it repeats the request. */
export interface Operation {
  kind: 'sale' | 'return' | 'delivery';
  /** Idempotency key, and the reference that the shop keeps with a sale or return. */
  key: string;
  path: string;
  body: object;
  lines: OperationLine[];
}

export type Acknowledged = { operation: Operation } & (
  | { kind: 'sale' | 'return'; answer: Sale }
  | { kind: 'delivery'; answer: Received }
);

/** What the clients of one shop asked for and what was acknowledged: the truth that the stores are held to. */
export interface Ledger {
  issued: Map<string, Operation>;
  acknowledged: Map<string, Acknowledged>;
  /** Answers that did not say what was asked for, and refusals. */
  refused: string[];
}

export function createLedger(): Ledger {
  return { issued: new Map(), acknowledged: new Map(), refused: [] };
}

/** Notes an answer; one that differs from the first answer to the same key, or from the request, is refused. */
export function acknowledge(ledger: Ledger, operation: Operation, answer: unknown): void {
  const { kind, key } = operation;
  const first = ledger.acknowledged.get(key);
  if (first) {
    if (nameOf(first) !== nameOf({ operation, kind, answer } as Acknowledged)) {
      ledger.refused.push(`${key}: a repeat was answered differently`);
    }
    return;
  }
  const acknowledged = { operation, kind, answer } as Acknowledged;
  if (acknowledged.kind !== 'delivery' && !saysWhatWasAsked(acknowledged.answer, operation)) {
    ledger.refused.push(`${key}: the answer is not what was asked for`);
  }
  ledger.acknowledged.set(key, acknowledged);
}

export function unanswered(ledger: Ledger): Operation[] {
  return [...ledger.issued.values()].filter(({ key }) => !ledger.acknowledged.has(key));
}

/** How an operation changes stock: goods of a sale leave, all others come. */
export function piecesMoved({ kind, lines }: Operation): { productId: string; quantity: number }[] {
  return lines.map(({ productId, quantity }) => ({
    productId,
    quantity: kind === 'sale' ? -quantity : quantity,
  }));
}

function nameOf(acknowledged: Acknowledged): string {
  return acknowledged.kind === 'delivery'
    ? acknowledged.answer.receiptId
    : `${acknowledged.answer.saleId} ${acknowledged.answer.receipt.text}`;
}

function saysWhatWasAsked(answer: Sale, { kind, key, lines }: Operation): boolean {
  const sign = kind === 'return' ? -1 : 1;
  const total = lines.reduce((sum, line) => sum + sign * line.quantity * line.unitPriceMinor, 0);
  return (
    answer.reference === key &&
    answer.totalMinor === total &&
    answer.lines.length === lines.length &&
    answer.lines.every(
      (line, index) =>
        line.productId === lines[index]?.productId && line.quantity === sign * (lines[index]?.quantity ?? 0),
    )
  );
}
