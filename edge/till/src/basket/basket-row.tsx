import type { PricedLine } from '../api/types.ts';
import { useMessages } from '../i18n/language.tsx';
import { formatCount } from '../i18n/numbers.ts';
import { useMaySetPrice, useMoney } from '../shell/shop.tsx';
import { CloseIcon, MinusIcon, PlusIcon } from '../ui/icons.tsx';
import type { BasketLine } from './basket.ts';

interface BasketRowProps {
  line: BasketLine;
  priced: PricedLine | undefined;
  priceIsMissing: boolean;
  onQuantity: (quantity: number) => void;
  onAskQuantity: () => void;
  onAskPrice: () => void;
  onRemove: () => void;
}

const STEPPER = 'button border-transparent px-0';

export function BasketRow(props: BasketRowProps) {
  const { line, priced, priceIsMissing, onQuantity, onAskQuantity, onAskPrice, onRemove } = props;
  const { product, quantity } = line;
  const messages = useMessages();
  const money = useMoney();
  const count = formatCount(quantity, messages.locale);
  const weighed = product.unit === 'gram';
  const maySetPrice = useMaySetPrice();

  return (
    <li className="border-b border-line px-4 pt-2.5 pb-1 last:border-b-0">
      <div className="flex items-start justify-between gap-3">
        <span className="line-clamp-2 leading-snug font-medium wrap-anywhere hyphens-auto">
          {product.name}
        </span>
        <span className="text-lg leading-snug font-semibold whitespace-nowrap">
          {priced && money(priced.amountMinor)}
        </span>
      </div>
      <div className="flex items-center justify-between gap-2">
        {priceIsMissing && !maySetPrice ? (
          <span className="font-medium text-warn">{messages.priceMissing}</span>
        ) : priceIsMissing ? (
          <button type="button" className="button border-warn/50 bg-warn-soft text-warn" onClick={onAskPrice}>
            {messages.priceMissing}: {messages.setPrice.toLowerCase()}
          </button>
        ) : (
          <UnitPrice line={line} priced={priced} />
        )}
        <div className="flex items-center">
          {!weighed && (
            <button
              type="button"
              className={STEPPER}
              aria-label={messages.fewer(product.name)}
              onClick={() => onQuantity(quantity - 1)}
            >
              <MinusIcon />
            </button>
          )}
          <button
            type="button"
            className="button px-2 text-lg font-semibold"
            aria-label={`${count} – ${(weighed ? messages.changeWeight : messages.changeQuantity)(product.name)}`}
            onClick={onAskQuantity}
          >
            {weighed ? messages.grams(count) : count}
          </button>
          {!weighed && (
            <button
              type="button"
              className={STEPPER}
              aria-label={messages.more(product.name)}
              onClick={() => onQuantity(quantity + 1)}
            >
              <PlusIcon />
            </button>
          )}
          <button
            type="button"
            className={`${STEPPER} -mr-3 text-muted`}
            aria-label={messages.remove(product.name)}
            onClick={onRemove}
          >
            <CloseIcon />
          </button>
        </div>
      </div>
    </li>
  );
}

function UnitPrice({ line, priced }: Pick<BasketRowProps, 'line' | 'priced'>) {
  const messages = useMessages();
  const money = useMoney();
  if (!priced) return <span />;
  const each = money(priced.unitPriceMinor);
  const price = line.product.unit === 'gram' ? messages.perKilogram(each) : each;
  return (
    <span className="min-w-0 text-sm text-muted wrap-anywhere">
      {priced.overrideReason ? messages.priceBecause(price, priced.overrideReason) : price}
    </span>
  );
}
