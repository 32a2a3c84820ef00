import { useEffect, useRef } from 'react';
import type { PricedLine, Sale } from '../api/types.ts';
import { useMessages } from '../i18n/language.tsx';
import { formatCount, formatTime } from '../i18n/numbers.ts';
import { useMoney, useShop } from '../shell/shop.tsx';
import { ReceiptVat } from './receipt-vat.tsx';

/** The sale as the edge recorded it. */
export function ReceiptView({ sale, onNewSale }: { sale: Sale; onNewSale: () => void }) {
  const messages = useMessages();
  const money = useMoney();
  const shop = useShop();
  const hasChange = sale.changeMinor > 0;
  const newSale = useRef<HTMLButtonElement>(null);
  useEffect(() => newSale.current?.focus(), []);

  return (
    <main className="min-h-0 flex-1 overflow-y-auto p-4 md:p-6">
      <div className="mx-auto grid max-w-4xl gap-4 md:grid-cols-2 md:items-start md:gap-6">
        <section className="rounded-2xl border border-line bg-surface p-6 text-center md:sticky md:top-0">
          <h1 className="text-2xl font-semibold">{messages.soldThanks}</h1>
          <p className="mt-1 text-muted">
            {messages.receiptNumber}{' '}
            <span className="font-semibold text-ink" data-testid="receipt-number">
              {sale.receipt.text}
            </span>
          </p>
          <p className="mt-6 text-lg text-muted">{hasChange ? messages.changeBack : messages.paid}</p>
          <p className="text-5xl font-bold tracking-tight text-accent lg:text-6xl" data-testid="to-hand">
            {money(hasChange ? sale.changeMinor : sale.payableMinor)}
          </p>
          <button
            ref={newSale}
            type="button"
            className="button button-primary mt-8 min-h-16 w-full text-xl"
            onClick={onNewSale}
          >
            {messages.newSale}
          </button>
        </section>
        <section aria-label={messages.receipt} className="rounded-2xl border border-line bg-surface p-6">
          <h2 className="text-lg font-semibold">{shop.name}</h2>
          <p className="text-sm text-muted">{formatTime(sale.soldAt, shop.timeZone, messages.locale)}</p>
          <ul className="my-4 border-y border-line py-2">
            {sale.lines.map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a recorded sale never changes.
              <ReceiptLine key={index} line={line} />
            ))}
          </ul>
          <dl>
            <Amount label={messages.total} strong>
              {money(sale.totalMinor)}
            </Amount>
            {sale.roundingMinor !== 0 && (
              <Amount label={messages.rounding}>{money(sale.roundingMinor)}</Amount>
            )}
            {sale.tenders.map(({ type, amountMinor }) => (
              <Amount key={type} label={type === 'cash' ? messages.paidCash : messages.paidExternal}>
                {money(amountMinor)}
              </Amount>
            ))}
            {hasChange && <Amount label={messages.changeBack}>{money(sale.changeMinor)}</Amount>}
          </dl>
          <ReceiptVat rows={sale.vat} />
        </section>
      </div>
    </main>
  );
}

function ReceiptLine({ line }: { line: PricedLine }) {
  const messages = useMessages();
  const money = useMoney();
  const count = formatCount(line.quantity, messages.locale);
  const price = money(line.unitPriceMinor);
  const weighed = line.unit === 'gram';
  return (
    <li className="flex justify-between gap-4 py-1">
      <span className="min-w-0">
        <span className="wrap-anywhere">{line.name}</span>
        {(weighed || line.quantity !== 1) && (
          <span className="block text-sm text-muted">
            {weighed ? `${messages.grams(count)} × ${messages.perKilogram(price)}` : `${count} × ${price}`}
          </span>
        )}
      </span>
      <span className="whitespace-nowrap">{money(line.amountMinor)}</span>
    </li>
  );
}

function Amount({ label, strong, children }: { label: string; strong?: boolean; children: string }) {
  return (
    <div className={`flex justify-between gap-4 ${strong ? 'text-lg font-bold' : ''}`}>
      <dt>{label}</dt>
      <dd className="whitespace-nowrap">{children}</dd>
    </div>
  );
}
