import { useState } from 'react';
import type { Product } from '../api/types.ts';
import { useMessages } from '../i18n/language.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NumberField } from '../ui/number-field.tsx';

interface QuantityDialogProps {
  product: Product;
  /** The quantity of a line that is changed. */
  from?: number;
  onAnswer: (quantity: number) => void;
  onClose: () => void;
}

/** 999,999 pieces, or a tonne: more is a slip of the finger. */
const MAX_QUANTITY = 999_999;

export function QuantityDialog({ product, from, onAnswer, onClose }: QuantityDialogProps) {
  const messages = useMessages();
  const [text, setText] = useState('');
  const weighed = product.unit === 'gram';
  const quantity = Number(text);
  const valid = text !== '' && quantity > 0 && quantity <= MAX_QUANTITY;
  return (
    <Dialog title={weighed ? messages.weightTitle : messages.quantityTitle} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (valid) onAnswer(quantity);
        }}
      >
        <p className="mb-3 line-clamp-3 text-muted wrap-anywhere">{product.name}</p>
        <NumberField
          label={weighed ? messages.weightLabel : messages.quantityLabel}
          value={text}
          placeholder={from === undefined ? '0' : String(from)}
          onChange={setText}
        />
        <button
          type="submit"
          className="button button-primary mt-4 min-h-14 w-full text-lg"
          disabled={!valid}
        >
          {from === undefined ? messages.add : messages.change}
        </button>
      </form>
    </Dialog>
  );
}
