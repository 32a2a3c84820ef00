import { useEffect, useRef } from 'react';
import { ProblemError } from '../api/errors.ts';
import { explain } from '../i18n/explain.ts';
import { useMessages } from '../i18n/language.tsx';
import { BasketIcon } from '../ui/icons.tsx';
import { type BasketAction, type BasketLine, countItems } from './basket.ts';
import { BasketRow } from './basket-row.tsx';
import { ClearBasket } from './clear-basket.tsx';
import { PayButtons } from './pay-buttons.tsx';
import { Totals } from './totals.tsx';
import type { Question } from './use-adding.ts';
import type { QuoteState } from './use-quote.ts';

interface BasketPanelProps {
  lines: BasketLine[];
  cashQuote: QuoteState;
  cardQuote: QuoteState;
  change: (action: BasketAction) => void;
  ask: (question: Question) => void;
  onPay: (by: 'cash' | 'card') => void;
}

export function BasketPanel({ lines, cashQuote, cardQuote, change, ask, onPay }: BasketPanelProps) {
  const messages = useMessages();
  const list = useRef<HTMLUListElement>(null);
  const { data, error } = cashQuote;
  const unpriced = unpricedProduct(error);

  // The newest line is what the customer looks for.
  const count = lines.length;
  useEffect(() => {
    if (count > 0) list.current?.lastElementChild?.scrollIntoView({ block: 'nearest' });
  }, [count]);

  if (count === 0) {
    return (
      <div className="flex h-full flex-col items-center justify-center gap-2 p-8 text-center">
        <span className="mb-2 rounded-full bg-accent-soft p-5 text-accent">
          <BasketIcon large />
        </span>
        <h2 className="text-xl font-semibold">{messages.basketEmpty}</h2>
        <p className="text-muted">{messages.basketEmptyHint}</p>
      </div>
    );
  }

  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex items-center justify-between border-b border-line py-1 pr-2 pl-4">
        <h2 className="font-semibold">
          {messages.basket}{' '}
          <span className="font-normal text-muted">· {messages.items(countItems(lines))}</span>
        </h2>
        <ClearBasket onClear={() => change({ type: 'clear' })} />
      </div>
      <ul ref={list} aria-label={messages.basket} className="min-h-0 flex-1 overflow-y-auto">
        {lines.map((line) => (
          <BasketRow
            key={line.lineId}
            line={line}
            priced={data?.byLine.get(line.lineId)}
            priceIsMissing={unpriced === line.product.productId}
            onQuantity={(quantity) => change({ type: 'set-quantity', lineId: line.lineId, quantity })}
            onAskQuantity={() => ask({ ask: 'line-quantity', line })}
            onAskPrice={() => ask({ ask: 'line-price', line })}
            onRemove={() => change({ type: 'remove', lineId: line.lineId })}
          />
        ))}
      </ul>
      <div className="border-t border-line p-4">
        {error && (
          <div role="alert" className="mb-3 rounded-xl bg-bad-soft p-3 text-bad">
            <p className="font-semibold">{explain(error, messages).title}</p>
            <p className="text-ink">{explain(error, messages).remedy}</p>
          </div>
        )}
        {data && !error && <Totals quote={data.quote} current={cashQuote.current} />}
        <PayButtons cashQuote={cashQuote} cardQuote={cardQuote} onPay={onPay} />
      </div>
    </div>
  );
}

/** The product of the basket that the edge could not price, when that is what it refused the quote for. */
function unpricedProduct(error: Error | null): unknown {
  const refused = error instanceof ProblemError && error.problem.code === 'PRICE_MISSING';
  return refused ? error.problem.details?.productId : undefined;
}
