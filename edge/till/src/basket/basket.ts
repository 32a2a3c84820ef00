import type { LineInput, PriceOverride, Product } from '../api/types.ts';

export interface BasketLine {
  lineId: string;
  product: Product;
  /** Pieces or grams, above zero. */
  quantity: number;
  override?: PriceOverride;
}

export type BasketAction =
  | ({ type: 'add' } & BasketLine)
  | { type: 'set-quantity'; lineId: string; quantity: number }
  | { type: 'set-override'; lineId: string; override: PriceOverride }
  | { type: 'remove'; lineId: string }
  | { type: 'clear' };

/**
 * The basket after an action. Pieces of the same product at the same price join their line; weighed goods
 * get a line each, as each was on the scale by itself. A quantity of zero or less removes the line.
 */
export function basketReducer(lines: BasketLine[], action: BasketAction): BasketLine[] {
  switch (action.type) {
    case 'add':
      return add(lines, action);
    case 'set-quantity':
      return action.quantity <= 0
        ? lines.filter(({ lineId }) => lineId !== action.lineId)
        : change(lines, action.lineId, (line) => ({ ...line, quantity: action.quantity }));
    case 'set-override':
      return change(lines, action.lineId, (line) => ({ ...line, override: action.override }));
    case 'remove':
      return lines.filter(({ lineId }) => lineId !== action.lineId);
    case 'clear':
      return [];
  }
}

export function toLineInputs(lines: readonly BasketLine[]): LineInput[] {
  return lines.map(({ product, quantity, override }) => ({
    productId: product.productId,
    quantity,
    ...(override && { override }),
  }));
}

/** Pieces, and one for each line of weighed goods. */
export function countItems(lines: readonly BasketLine[]): number {
  return lines.reduce((count, { product, quantity }) => count + (product.unit === 'gram' ? 1 : quantity), 0);
}

function add(
  lines: BasketLine[],
  { lineId, product, quantity, override }: { type: 'add' } & BasketLine,
): BasketLine[] {
  const same = lines.find((line) => joins(line, product, override));
  if (same) return change(lines, same.lineId, (line) => ({ ...line, quantity: line.quantity + quantity }));
  return [...lines, { lineId, product, quantity, ...(override && { override }) }];
}

function joins(line: BasketLine, product: Product, override: PriceOverride | undefined): boolean {
  return (
    product.unit === 'piece' &&
    line.product.productId === product.productId &&
    line.override?.unitPriceMinor === override?.unitPriceMinor &&
    line.override?.reason === override?.reason
  );
}

function change(lines: BasketLine[], lineId: string, to: (line: BasketLine) => BasketLine): BasketLine[] {
  return lines.map((line) => (line.lineId === lineId ? to(line) : line));
}
