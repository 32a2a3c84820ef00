import { useEffect, useReducer } from 'react';
import { storedSlot } from '../stored-slot.ts';
import { type BasketAction, type BasketLine, basketReducer } from './basket.ts';

const slot = storedSlot(sessionStorage, 'butik-till-basket-1', (value): value is BasketLine[] =>
  Array.isArray(value),
);

/** The basket of this tab; it survives a reload. */
export function useBasket(): { lines: BasketLine[]; change: (action: BasketAction) => void } {
  const [lines, change] = useReducer(basketReducer, null, () => slot.load() ?? []);
  useEffect(() => slot.save(lines), [lines]);
  return { lines, change };
}
