import { useId, useState } from 'react';
import type { PriceOverride, Product } from '../api/types.ts';
import { useMessages } from '../i18n/language.tsx';
import { formatAmount, parseAmount } from '../i18n/numbers.ts';
import { useShop } from '../shell/shop.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NumberField } from '../ui/number-field.tsx';

interface PriceDialogProps {
  product: Product;
  onAnswer: (override: PriceOverride) => void;
  onClose: () => void;
}

const MAX_REASON_LENGTH = 100;

/** Goods without a price are sold at one that a person sets, with a reason that goes into the books. */
export function PriceDialog({ product, onAnswer, onClose }: PriceDialogProps) {
  const messages = useMessages();
  const { currency } = useShop();
  const reasonId = useId();
  const [price, setPrice] = useState('');
  const [reason, setReason] = useState('');
  const unitPriceMinor = parseAmount(price, currency);
  const valid = unitPriceMinor !== null && reason.trim() !== '';
  return (
    <Dialog title={messages.priceTitle} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (valid) onAnswer({ unitPriceMinor, currency, reason: reason.trim() });
        }}
      >
        <p className="line-clamp-3 font-medium wrap-anywhere">{product.name}</p>
        <p className="mb-3 text-muted">{messages.priceText}</p>
        <NumberField
          label={product.unit === 'gram' ? messages.priceLabelPerKilogram : messages.priceLabel}
          value={price}
          placeholder={formatAmount(0, currency, messages.locale)}
          decimalSign={messages.decimalSign}
          onChange={setPrice}
        />
        <label className="label mt-4" htmlFor={reasonId}>
          {messages.reasonLabel}
        </label>
        <input
          id={reasonId}
          className="field"
          autoComplete="off"
          maxLength={MAX_REASON_LENGTH}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <fieldset
          aria-label={messages.usualReasons}
          className="mt-2 flex flex-wrap gap-2"
          onMouseDown={(event) => event.preventDefault()}
        >
          {messages.reasons.map((text) => (
            <button
              key={text}
              type="button"
              aria-pressed={reason === text}
              className="button px-3 text-sm aria-pressed:border-accent aria-pressed:bg-accent-soft"
              onClick={() => setReason(text)}
            >
              {text}
            </button>
          ))}
        </fieldset>
        <button
          type="submit"
          className="button button-primary mt-4 min-h-14 w-full text-lg"
          disabled={!valid}
        >
          {messages.add}
        </button>
      </form>
    </Dialog>
  );
}
