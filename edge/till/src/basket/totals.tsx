import type { Quote } from '../api/types.ts';
import { useMessages } from '../i18n/language.tsx';
import { formatRate } from '../i18n/numbers.ts';
import { useMoney } from '../shell/shop.tsx';

/** VAT by rate, the rounding that cash would bring, and the total in large figures. */
export function Totals({ quote, current }: { quote: Quote; current: boolean }) {
  const messages = useMessages();
  const money = useMoney();
  return (
    <dl className={current ? '' : 'opacity-60'} aria-live="polite">
      {quote.vat.map(({ rateBp, vatMinor }) => (
        <Row key={rateBp} label={messages.ofWhichVat(formatRate(rateBp, messages.locale))}>
          {money(vatMinor)}
        </Row>
      ))}
      {quote.roundingMinor !== 0 && <Row label={messages.cashRounding}>{money(quote.roundingMinor)}</Row>}
      <div className="mt-1 flex items-baseline justify-between gap-4">
        <dt className="text-lg font-medium">{messages.total}</dt>
        <dd className="text-4xl font-bold tracking-tight whitespace-nowrap" data-testid="total">
          {money(quote.totalMinor)}
        </dd>
      </div>
    </dl>
  );
}

function Row({ label, children }: { label: string; children: string }) {
  return (
    <div className="flex justify-between gap-4 text-sm text-muted">
      <dt>{label}</dt>
      <dd className="whitespace-nowrap">{children}</dd>
    </div>
  );
}
