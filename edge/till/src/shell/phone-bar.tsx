import { useMessages } from '../i18n/language.tsx';
import { BasketIcon } from '../ui/icons.tsx';
import { useMoney } from './shop.tsx';

interface PhoneBarProps {
  count: number;
  totalMinor: number | null;
  view: 'products' | 'basket';
  onView: (view: 'products' | 'basket') => void;
}

/** On a phone there is room for the products or the basket; this goes between them. */
export function PhoneBar({ count, totalMinor, view, onView }: PhoneBarProps) {
  const messages = useMessages();
  const money = useMoney();
  return (
    <nav className="p-4 md:hidden">
      {view === 'basket' ? (
        <button type="button" className="button min-h-14 w-full text-lg" onClick={() => onView('products')}>
          {messages.showProducts}
        </button>
      ) : (
        <button
          type="button"
          className="button button-primary min-h-14 w-full justify-between text-lg"
          onClick={() => onView('basket')}
        >
          <span className="flex items-center gap-2">
            <BasketIcon />
            {messages.showBasket}
          </span>
          <span className="font-semibold">
            {count > 0 && totalMinor !== null ? money(totalMinor) : messages.items(count)}
          </span>
        </button>
      )}
    </nav>
  );
}
