import { useEffect, useRef } from 'react';
import type { Product } from '../api/types.ts';
import { useMessages } from '../i18n/language.tsx';
import { ProductPrice } from './product-price.tsx';

interface SearchResultsProps {
  id: string;
  products: Product[];
  activeIndex: number;
  onPick: (product: Product) => void;
}

export function optionId(listId: string, index: number): string {
  return `${listId}-${index}`;
}

/** The list of a search field: the field keeps the focus and names the active row. */
export function SearchResults({ id, products, activeIndex, onPick }: SearchResultsProps) {
  const messages = useMessages();
  const list = useRef<HTMLDivElement>(null);

  useEffect(() => {
    list.current?.children[activeIndex]?.scrollIntoView({ block: 'nearest' });
  }, [activeIndex]);

  return (
    <div
      ref={list}
      id={id}
      role="listbox"
      aria-label={messages.results}
      className="overflow-hidden rounded-xl border border-line bg-surface"
    >
      {products.map((product, index) => (
        <div
          key={product.productId}
          id={optionId(id, index)}
          role="option"
          tabIndex={-1}
          aria-selected={index === activeIndex}
          className="flex min-h-15 cursor-pointer items-center justify-between gap-4 border-b border-line px-4 py-2 last:border-b-0 hover:bg-paper aria-selected:bg-accent-soft aria-selected:shadow-[inset_4px_0_0_var(--color-accent)]"
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(product)}
          onKeyDown={(event) => event.key === 'Enter' && onPick(product)}
        >
          <span className="min-w-0">
            <span className="line-clamp-2 leading-snug wrap-anywhere">{product.name}</span>
            <span className="text-sm text-muted">{product.code}</span>
          </span>
          <ProductPrice product={product} />
        </div>
      ))}
    </div>
  );
}
