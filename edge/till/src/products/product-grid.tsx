import type { Product } from '../api/types.ts';
import { useMessages } from '../i18n/language.tsx';
import { ProductPrice } from './product-price.tsx';
import { MAX_PRODUCTS } from './use-products.ts';

export function ProductGrid({
  products,
  onPick,
}: {
  products: Product[];
  onPick: (product: Product) => void;
}) {
  const messages = useMessages();
  if (products.length === 0) return <p className="p-6 text-muted">{messages.noProducts}</p>;
  return (
    <>
      <ul
        aria-label={messages.products}
        className="grid grid-cols-[repeat(auto-fill,minmax(9.5rem,1fr))] gap-3 p-1"
      >
        {products.map((product) => (
          <li key={product.productId} className="flex">
            <button
              type="button"
              className="flex min-h-28 w-full flex-col rounded-xl border border-line bg-surface p-3.5 text-left transition-colors hover:border-accent active:bg-accent-soft"
              onClick={() => onPick(product)}
            >
              <span className="line-clamp-3 leading-snug wrap-anywhere hyphens-auto">{product.name}</span>
              <span className="mt-auto pt-2">
                <ProductPrice product={product} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      {products.length === MAX_PRODUCTS && (
        <p className="p-4 text-center text-sm text-muted">{messages.searchForMore}</p>
      )}
    </>
  );
}
