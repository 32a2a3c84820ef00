import { PriceDialog } from './price-dialog.tsx';
import { QuantityDialog } from './quantity-dialog.tsx';
import type { Adding } from './use-adding.ts';

/** The dialog for what must be known about goods, if anything. */
export function QuestionDialog({ adding }: { adding: Adding }) {
  const { question, answerPrice, answerQuantity, cancel } = adding;
  switch (question?.ask) {
    case undefined:
      return null;
    case 'price':
      return <PriceDialog product={question.product} onAnswer={answerPrice} onClose={cancel} />;
    case 'line-price':
      return <PriceDialog product={question.line.product} onAnswer={answerPrice} onClose={cancel} />;
    case 'quantity':
      return <QuantityDialog product={question.product} onAnswer={answerQuantity} onClose={cancel} />;
    case 'line-quantity':
      return (
        <QuantityDialog
          product={question.line.product}
          from={question.line.quantity}
          onAnswer={answerQuantity}
          onClose={cancel}
        />
      );
  }
}
