import type { Ledger, Operation, OperationLine } from './ledger.ts';

export interface PricedProduct {
  productId: string;
  unitPriceMinor: number;
}

const RETURN_SHARE = 0.1;
const DELIVERY_SHARE = 0.1;
const MOST_LINES = 3;
const MOST_PIECES = 4;

/** Draws what a client does next: a sale, seldom a delivery or a return of something it sold (`returnable`). */
export function drawOperation(
  products: readonly PricedProduct[],
  returnable: Operation[],
  saleIdOf: Ledger['acknowledged'],
  random: () => number,
): Operation {
  const key = drawUuid(random);
  const share = random();
  const sold = share < RETURN_SHARE ? returnable.shift() : undefined;
  const original = sold && saleIdOf.get(sold.key);
  if (sold && original?.kind === 'sale') {
    const lines = [{ ...(sold.lines[0] as OperationLine), quantity: 1 }];
    const body = { ...saleBody(key, lines), originalSaleId: original.answer.saleId, reason: 'did not fit' };
    return { kind: 'return', key, path: '/v1/returns', body, lines };
  }
  const lines = drawLines(products, random);
  if (share < RETURN_SHARE + DELIVERY_SHARE) {
    const body = { reference: key, lines: lines.map(({ unitPriceMinor: _, ...line }) => line) };
    return { kind: 'delivery', key, path: '/v1/stock/receipts', body, lines };
  }
  return { kind: 'sale', key, path: '/v1/sales', body: saleBody(key, lines), lines };
}

function saleBody(reference: string, lines: readonly OperationLine[]) {
  const amountMinor = lines.reduce((sum, { quantity, unitPriceMinor }) => sum + quantity * unitPriceMinor, 0);
  return {
    reference,
    lines: lines.map(({ productId, quantity }) => ({ productId, quantity })),
    tenders: [{ type: 'external', amountMinor }],
  };
}

/** A product is on one line only, so that a line of a return is the line of its sale. */
function drawLines(products: readonly PricedProduct[], random: () => number): OperationLine[] {
  const first = Math.floor(random() * products.length);
  const count = 1 + Math.floor(random() * MOST_LINES);
  return Array.from({ length: count }, (_, index) => ({
    ...(products[(first + index) % products.length] as PricedProduct),
    quantity: 1 + Math.floor(random() * MOST_PIECES),
  }));
}

function drawUuid(random: () => number): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return [8, 12, 16, 20, 32].map((end, index) => digits.slice([0, 8, 12, 16, 20][index], end)).join('-');
}
