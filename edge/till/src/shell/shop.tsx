import { createContext, useContext } from 'react';
import type { Shop } from '../api/types.ts';
import { useMessages } from '../i18n/language.tsx';
import { formatMoney } from '../i18n/numbers.ts';

const ShopContext = createContext<Shop | null>(null);
export const ShopProvider = ShopContext.Provider;

/** The shop whose till this is; there is one before anything is drawn that needs it. */
export function useShop(): Shop {
  const shop = useContext(ShopContext);
  if (!shop) throw new Error('useShop is called outside a ShopProvider.');
  return shop;
}

/** Where customers serve themselves nobody is there who may name a price. */
export function useMaySetPrice(): boolean {
  return useShop().fiscalMode === 'manned';
}

/** Formats minor units of the shop's currency in the chosen language. */
export function useMoney(): (minor: number) => string {
  const { currency } = useShop();
  const { locale } = useMessages();
  return (minor) => formatMoney(minor, currency, locale);
}
