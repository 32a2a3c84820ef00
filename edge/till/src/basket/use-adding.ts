import { useState } from 'react';
import { newId } from '../api/new-id.ts';
import type { PriceOverride, Product } from '../api/types.ts';
import type { BasketAction, BasketLine } from './basket.ts';

/** What must be known before goods can go into the basket, or a line can stay there. */
export type Question =
  | { ask: 'price'; product: Product; quantity: number | undefined }
  | { ask: 'quantity'; product: Product; override: PriceOverride | undefined }
  | { ask: 'line-price'; line: BasketLine }
  | { ask: 'line-quantity'; line: BasketLine };

export interface Adding {
  question: Question | null;
  /** Without a quantity it is one piece; weighed goods are asked for their grams. */
  add(product: Product, quantity?: number, override?: PriceOverride): void;
  ask(question: Question): void;
  answerPrice(override: PriceOverride): void;
  answerQuantity(quantity: number): void;
  cancel(): void;
}

export function useAdding(
  change: (action: BasketAction) => void,
  price: { maySet: boolean; onMissing: (product: Product) => void },
): Adding {
  const [question, setQuestion] = useState<Question | null>(null);

  function add(product: Product, quantity?: number, override?: PriceOverride) {
    if (product.priceMinor === null && !override && !price.maySet) {
      setQuestion(null);
      price.onMissing(product);
    } else if (product.priceMinor === null && !override) {
      setQuestion({ ask: 'price', product, quantity });
    } else if (product.unit === 'gram' && quantity === undefined) {
      setQuestion({ ask: 'quantity', product, override });
    } else {
      setQuestion(null);
      change({
        type: 'add',
        lineId: newId(),
        product,
        quantity: quantity ?? 1,
        ...(override && { override }),
      });
    }
  }

  return {
    question,
    add,
    ask: setQuestion,
    answerPrice(override) {
      if (question?.ask === 'price') add(question.product, question.quantity, override);
      if (question?.ask === 'line-price') {
        change({ type: 'set-override', lineId: question.line.lineId, override });
        setQuestion(null);
      }
    },
    answerQuantity(quantity) {
      if (question?.ask === 'quantity') add(question.product, quantity, question.override);
      if (question?.ask === 'line-quantity') {
        change({ type: 'set-quantity', lineId: question.line.lineId, quantity });
        setQuestion(null);
      }
    },
    cancel: () => setQuestion(null),
  };
}
