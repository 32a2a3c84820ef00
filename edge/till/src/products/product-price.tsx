import type { Product } from '../api/types.ts';
import { useMessages } from '../i18n/language.tsx';
import { formatMoney } from '../i18n/numbers.ts';

export function ProductPrice({ product }: { product: Product }) {
  const messages = useMessages();
  if (product.priceMinor === null) {
    return <span className="font-medium text-warn">{messages.priceMissing}</span>;
  }
  const price = formatMoney(product.priceMinor, product.currency, messages.locale);
  return (
    <span className="font-semibold whitespace-nowrap">
      {product.unit === 'gram' ? messages.perKilogram(price) : price}
    </span>
  );
}
