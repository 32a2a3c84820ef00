import { useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { Product } from '../api/types.ts';
import { explain } from '../i18n/explain.ts';
import { useMessages } from '../i18n/language.tsx';
import { SearchIcon } from '../ui/icons.tsx';
import { ProductGrid } from './product-grid.tsx';
import { optionId, SearchResults } from './search-results.tsx';
import { firstProduct, useProducts } from './use-products.ts';

const MAX_SEARCH_LENGTH = 100;

interface ProductFinderProps {
  onPick: (product: Product) => void;
  /** Enter on a text that no product is found by: it may be a code. */
  onLookUp: (text: string) => void;
  onError: (error: unknown) => void;
}

/** The search field, and below it what it found or, when it is empty, products to tap. */
export function ProductFinder({ onPick, onLookUp, onError }: ProductFinderProps) {
  const messages = useMessages();
  const client = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const [text, setText] = useState('');
  const [activeIndex, setActiveIndex] = useState(0);
  const search = text.trim();
  const { products, current, error } = useProducts(search);
  useSlashFocus(input);

  function type(next: string) {
    setText(next);
    setActiveIndex(0);
  }

  function pick(product: Product) {
    type('');
    onPick(product);
  }

  async function choose() {
    if (search === '') return;
    try {
      const chosen = (current && products?.[activeIndex]) || (await firstProduct(client, search));
      if (chosen) return pick(chosen);
      type('');
      onLookUp(search);
    } catch (thrown) {
      onError(thrown);
    }
  }

  function onKeyDown(event: KeyboardEvent) {
    const last = (products?.length ?? 0) - 1;
    if (event.key === 'ArrowDown') setActiveIndex(Math.min(activeIndex + 1, last));
    else if (event.key === 'ArrowUp') setActiveIndex(Math.max(activeIndex - 1, 0));
    else if (event.key === 'Enter') void choose();
    else if (event.key === 'Escape') type('');
    else return;
    event.preventDefault();
  }

  const searching = search !== '' && products !== null;
  return (
    <div className="flex h-full min-h-0 flex-col gap-3">
      <div className="relative">
        <span className="pointer-events-none absolute inset-y-0 left-4 flex items-center text-muted">
          <SearchIcon />
        </span>
        <input
          ref={input}
          type="text"
          role="combobox"
          maxLength={MAX_SEARCH_LENGTH}
          enterKeyHint="done"
          autoComplete="off"
          spellCheck={false}
          aria-label={messages.searchLabel}
          aria-keyshortcuts="/"
          aria-expanded={searching}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={searching && products.length > 0 ? optionId(listId, activeIndex) : undefined}
          placeholder={messages.searchHint}
          className="field min-h-14 pr-14 pl-12"
          value={text}
          onChange={(event) => type(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <span
          aria-hidden="true"
          className="pointer-events-none absolute top-1/2 right-4 -translate-y-1/2 rounded border border-line px-2 text-sm text-muted max-sm:hidden"
        >
          /
        </span>
      </div>
      <div className="-mx-1 min-h-0 flex-1 overflow-y-auto px-0.5 pb-2">
        {products === null && error && <p className="p-6 text-bad">{explain(error, messages).title}</p>}
        {searching && products.length > 0 && (
          <SearchResults id={listId} products={products} activeIndex={activeIndex} onPick={pick} />
        )}
        {searching && products.length === 0 && (
          <p className="p-6 text-muted wrap-anywhere">{messages.noResults(search)}</p>
        )}
        {products !== null && !searching && <ProductGrid products={products} onPick={pick} />}
      </div>
    </div>
  );
}

/** `/` goes to the search field from anywhere that is not a field itself. */
function useSlashFocus(input: { current: HTMLInputElement | null }): void {
  useEffect(() => {
    function onKey(event: globalThis.KeyboardEvent) {
      if (event.key !== '/' || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      input.current?.focus();
    }
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [input]);
}
