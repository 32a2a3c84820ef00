import { useEffect, useEffectEvent } from 'react';
import { useMessages } from '../i18n/language.tsx';
import { useMoney } from '../shell/shop.tsx';
import type { QuoteState } from './use-quote.ts';

interface PayButtonsProps {
  cashQuote: QuoteState;
  cardQuote: QuoteState;
  onPay: (by: 'cash' | 'card') => void;
}

const BUTTON = 'button min-h-16 flex-1 flex-col gap-0 px-2 py-2 text-lg leading-tight';

export function PayButtons({ cashQuote, cardQuote, onPay }: PayButtonsProps) {
  const messages = useMessages();
  useKey('F8', () => cashQuote.current && onPay('cash'));
  useKey('F9', () => cardQuote.current && onPay('card'));
  return (
    <div className="mt-3 flex gap-3">
      <button
        type="button"
        aria-keyshortcuts="F8"
        className={`${BUTTON} button-primary`}
        disabled={!cashQuote.current}
        onClick={() => onPay('cash')}
      >
        <span>{messages.cash}</span>
        <Amount quote={cashQuote} shortcut="F8" />
      </button>
      <button
        type="button"
        aria-keyshortcuts="F9"
        className={`${BUTTON} button-primary`}
        disabled={!cardQuote.current}
        onClick={() => onPay('card')}
      >
        <span>
          {messages.card}{' '}
          <span className="inline-block text-sm font-normal whitespace-nowrap">{messages.cardHow}</span>
        </span>
        <Amount quote={cardQuote} shortcut="F9" />
      </button>
    </div>
  );
}

function Amount({ quote, shortcut }: { quote: QuoteState; shortcut: string }) {
  const money = useMoney();
  return (
    <span className="text-sm font-normal">
      {quote.data && !quote.error ? money(quote.data.quote.payableMinor) : ''}
      <span aria-hidden="true" className="pl-2 opacity-80 max-lg:hidden">
        {shortcut}
      </span>
    </span>
  );
}

function useKey(key: string, act: () => void): void {
  const pressed = useEffectEvent(act);
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key !== key) return;
      event.preventDefault();
      pressed();
    }
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [key]);
}
