import { z } from 'zod';
import type { ProductContext } from './product-context.ts';

export const namedCountSchema = z.object({ name: z.string(), products: z.int() });
export type NamedCount = z.output<typeof namedCountSchema>;

/** The categories of the products in the range, with how many each has. */
export async function listCategories(context: ProductContext): Promise<NamedCount[]> {
  return await countActive(context, 'category');
}

/** The tags of the products in the range, with how many each has. */
export async function listTags(context: ProductContext): Promise<NamedCount[]> {
  return await countActive(context, 'tags');
}

const ALPHABET = new Intl.Collator('sv');

async function countActive({ search }: ProductContext, facet: 'category' | 'tags'): Promise<NamedCount[]> {
  const { facets } = await search.search({
    text: '',
    filters: { active: [true] },
    facets: [facet],
    limit: 1,
  });
  return facets[facet]!.map(({ value, count }) => ({ name: value, products: count })).sort((a, b) =>
    ALPHABET.compare(a.name, b.name),
  );
}
