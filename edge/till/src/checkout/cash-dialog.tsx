import { useState } from 'react';
import { useMessages } from '../i18n/language.tsx';
import { formatAmount, minorDigits, parseAmount } from '../i18n/numbers.ts';
import { useMoney, useShop } from '../shell/shop.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NumberField } from '../ui/number-field.tsx';

interface CashDialogProps {
  payableMinor: number;
  onPaid: (givenMinor: number) => void;
  onClose: () => void;
}

/** Notes of a purse, in whole units of the currency. */
const NOTES: Record<string, readonly number[]> = { EUR: [5, 10, 20, 50, 100] };
const USUAL_NOTES = [20, 50, 100, 200, 500] as const;

/** What the customer gave; notes add up, and an empty field means the exact amount. */
export function CashDialog({ payableMinor, onPaid, onClose }: CashDialogProps) {
  const messages = useMessages();
  const money = useMoney();
  const { currency } = useShop();
  const [text, setText] = useState('');
  const givenMinor = text === '' ? payableMinor : parseAmount(text, currency);
  const changeMinor = givenMinor === null ? null : givenMinor - payableMinor;
  const enough = changeMinor !== null && changeMinor >= 0;

  function addNote(note: number) {
    const before = text === '' ? 0 : (givenMinor ?? 0);
    setText(formatAmount(before + note * 10 ** minorDigits(currency), currency, messages.locale));
  }

  return (
    <Dialog title={messages.cashTitle} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (enough) onPaid(givenMinor ?? payableMinor);
        }}
      >
        <div className="mb-3 flex items-baseline justify-between gap-4">
          <span className="text-muted">{messages.toPay}</span>
          <span className="text-3xl font-bold whitespace-nowrap">{money(payableMinor)}</span>
        </div>
        <NumberField
          label={messages.given}
          value={text}
          placeholder={formatAmount(payableMinor, currency, messages.locale)}
          decimalSign={messages.decimalSign}
          onChange={setText}
        >
          {/* The focus stays in the field, where Enter takes the payment. */}
          <fieldset
            aria-label={messages.notes}
            className="mt-3 grid grid-cols-5 gap-2"
            onMouseDown={(event) => event.preventDefault()}
          >
            {(NOTES[currency] ?? USUAL_NOTES).map((note) => (
              <button
                key={note}
                type="button"
                className="button border-accent/40 bg-accent-soft px-0 text-lg font-semibold text-accent-deep"
                aria-label={messages.addNote(money(note * 10 ** minorDigits(currency)))}
                onClick={() => addNote(note)}
              >
                {note}
              </button>
            ))}
          </fieldset>
        </NumberField>
        <div
          aria-live="polite"
          className={`my-4 flex items-baseline justify-between gap-4 ${enough ? '' : 'text-bad'}`}
        >
          <span className="text-lg">{enough ? messages.changeBack : messages.missing}</span>
          <span className="text-3xl font-bold whitespace-nowrap">
            {money(Math.abs(changeMinor ?? payableMinor))}
          </span>
        </div>
        <button type="submit" className="button button-primary min-h-16 w-full text-xl" disabled={!enough}>
          {messages.takePayment}
        </button>
      </form>
    </Dialog>
  );
}
