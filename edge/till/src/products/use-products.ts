import { keepPreviousData, type QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import { findProducts } from '../api/edge.ts';
import type { Product } from '../api/types.ts';

export const MAX_PRODUCTS = 60;
const FRESH_MS = 1_000;

/** Products by the search text; `current` is false while those of the text before are still shown. */
export function useProducts(search: string): {
  products: Product[] | null;
  current: boolean;
  error: Error | null;
} {
  const { data, isPlaceholderData, error } = useQuery({
    ...options(search),
    placeholderData: keepPreviousData,
  });
  return { products: data ?? null, current: data !== undefined && !isPlaceholderData, error };
}

/** The best match, also when Enter is pressed before the list has come. */
export async function firstProduct(client: QueryClient, search: string): Promise<Product | null> {
  return (await client.fetchQuery(options(search)))[0] ?? null;
}

function options(search: string) {
  return queryOptions({
    queryKey: ['products', search],
    queryFn: ({ signal }) => findProducts(search, MAX_PRODUCTS, signal),
    staleTime: FRESH_MS,
  });
}
