import { useQueryClient } from '@tanstack/react-query';
import { useEffectEvent, useState } from 'react';
import { scan } from '../api/edge.ts';
import type { Product, ScanAnswer, TenderType } from '../api/types.ts';
import { countItems, toLineInputs } from '../basket/basket.ts';
import { BasketPanel } from '../basket/basket-panel.tsx';
import { QuestionDialog } from '../basket/question-dialog.tsx';
import { useAdding } from '../basket/use-adding.ts';
import { useBasket } from '../basket/use-basket.ts';
import { useQuote } from '../basket/use-quote.ts';
import { CardDialog } from '../checkout/card-dialog.tsx';
import { CashDialog } from '../checkout/cash-dialog.tsx';
import { ReceiptView } from '../checkout/receipt-view.tsx';
import { SendingDialog } from '../checkout/sending-dialog.tsx';
import { useCheckout } from '../checkout/use-checkout.ts';
import { type Explanation, explain, explainScan } from '../i18n/explain.ts';
import { useMessages } from '../i18n/language.tsx';
import { ProductFinder } from '../products/product-finder.tsx';
import { useScanner } from '../scan/use-scanner.ts';
import { SYNC_KEY } from '../sync/use-sync.ts';
import { Notice } from '../ui/notice.tsx';
import { PhoneBar } from './phone-bar.tsx';
import { useMaySetPrice, useShop } from './shop.tsx';
import { TopBar } from './top-bar.tsx';

/** The one screen of the till: goods to the left, the basket to the right, dialogs above. */
export function Till() {
  const shop = useShop();
  const messages = useMessages();
  const client = useQueryClient();
  const { lines, change } = useBasket();
  const cashQuote = useQuote(lines, true);
  const cardQuote = useQuote(lines, false);
  const [paying, setPaying] = useState<'cash' | 'card' | null>(null);
  const [notice, setNotice] = useState<Explanation | null>(null);
  const [phoneView, setPhoneView] = useState<'products' | 'basket'>('products');
  const adding = useAdding(change, {
    maySet: useMaySetPrice(),
    onMissing: ({ name }) => setNotice(messages.notForSale(name)),
  });
  const checkout = useCheckout(
    () => {
      change({ type: 'clear' });
      setPhoneView('products');
      void client.invalidateQueries({ queryKey: SYNC_KEY });
    },
    (error) => setNotice(explain(error, messages)),
  );

  const busy = adding.question !== null || paying !== null || checkout.state.step === 'sending';
  const quote = (paying === 'card' ? cardQuote : cashQuote).data?.quote;

  function pick(product: Product) {
    setNotice(null);
    adding.add(product);
  }

  const scanned = useEffectEvent((answer: ScanAnswer) => {
    if (busy) return setNotice(messages.busyScan);
    setNotice(null);
    addScanned(answer);
  });

  function addScanned({ product, quantity, priceMinor }: ScanAnswer) {
    const unweighed = product.unit === 'gram' && quantity === 1;
    adding.add(
      product,
      unweighed ? undefined : quantity,
      priceMinor === undefined
        ? undefined
        : { unitPriceMinor: priceMinor, currency: shop.currency, reason: 'price in barcode' },
    );
  }

  function lookUp(code: string) {
    if (busy) return setNotice(messages.busyScan);
    if (checkout.state.step === 'sold') checkout.startOver();
    scan(code).then(scanned, (error) => setNotice(explainScan(error, code, messages)));
  }
  useScanner(lookUp);

  function pay(type: TenderType, amountMinor: number) {
    setPaying(null);
    setNotice(null);
    checkout.send({
      lines: toLineInputs(lines),
      tenders: [{ type, amountMinor }],
      currency: shop.currency,
    });
  }

  return (
    <div className="flex h-dvh flex-col">
      <TopBar shopName={shop.name} />
      {checkout.state.step === 'sold' ? (
        <ReceiptView sale={checkout.state.sale} onNewSale={checkout.startOver} />
      ) : (
        <main className="grid min-h-0 flex-1 gap-4 p-4 max-md:pb-0 md:grid-cols-[minmax(0,1fr)_minmax(21rem,40%)] xl:grid-cols-[minmax(0,1fr)_30rem]">
          <section
            aria-label={messages.products}
            className={`min-h-0 ${phoneView === 'basket' ? 'max-md:hidden' : ''}`}
          >
            <ProductFinder
              onPick={pick}
              onLookUp={lookUp}
              onError={(error) => setNotice(explain(error, messages))}
            />
          </section>
          <section
            aria-label={messages.basket}
            className={`min-h-0 overflow-hidden rounded-2xl border border-line bg-surface ${phoneView === 'products' ? 'max-md:hidden' : ''}`}
          >
            <BasketPanel
              lines={lines}
              cashQuote={cashQuote}
              cardQuote={cardQuote}
              change={change}
              ask={adding.ask}
              onPay={(by) => !busy && setPaying(by)}
            />
          </section>
        </main>
      )}
      {checkout.state.step !== 'sold' && (
        <PhoneBar
          count={countItems(lines)}
          totalMinor={cashQuote.data?.quote.totalMinor ?? null}
          view={phoneView}
          onView={setPhoneView}
        />
      )}
      <QuestionDialog adding={adding} />
      {paying === 'cash' && quote && (
        <CashDialog
          payableMinor={quote.payableMinor}
          onPaid={(givenMinor) => pay('cash', givenMinor)}
          onClose={() => setPaying(null)}
        />
      )}
      {paying === 'card' && quote && (
        <CardDialog
          payableMinor={quote.payableMinor}
          onPaid={() => pay('external', quote.payableMinor)}
          onClose={() => setPaying(null)}
        />
      )}
      {checkout.state.step === 'sending' && (
        <SendingDialog attempts={checkout.state.attempts} reason={checkout.state.reason} />
      )}
      {notice && <Notice key={notice.title} notice={notice} onClose={() => setNotice(null)} />}
    </div>
  );
}
