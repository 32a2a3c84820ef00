import { useState } from 'react';
import { useMessages } from '../i18n/language.tsx';

/** Asks once before it throws the basket away. */
export function ClearBasket({ onClear }: { onClear: () => void }) {
  const messages = useMessages();
  const [asked, setAsked] = useState(false);
  return (
    <button
      type="button"
      className={`button border-transparent bg-transparent ${asked ? 'text-bad' : 'text-muted'}`}
      onBlur={() => setAsked(false)}
      onClick={() => (asked ? onClear() : setAsked(true))}
    >
      {asked ? messages.clearBasketSure : messages.clearBasket}
    </button>
  );
}
