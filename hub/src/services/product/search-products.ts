import { isGtin, normaliseGtin } from '@butik/domain/codes/gtin';
import { z } from 'zod';
import type { ProductContext } from './product-context.ts';

/** A value, or several of which one is enough: `tag=a&tag=b`. */
const oneOrMore = (longest: number) =>
  z
    .union([z.string(), z.array(z.string()).max(20)])
    .transform((value) => [value].flat())
    .pipe(z.array(z.string().min(1).max(longest)))
    .optional();

export const searchProductsSchema = z.object({
  q: z.string().min(1).max(200),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  offset: z.coerce.number().int().min(0).max(9_000).default(0),
  /** `all` also finds what has been taken out of the range. */
  range: z.enum(['active', 'all']).default('active'),
  category: oneOrMore(100),
  tag: oneOrMore(50),
});

const foundProductSchema = z.object({
  productId: z.uuid(),
  code: z.string(),
  name: z.string(),
  category: z.string().nullable(),
  active: z.boolean(),
});
const countsSchema = z.array(z.object({ value: z.string(), count: z.int() }));

export const searchResultSchema = z.object({
  items: z.array(foundProductSchema),
  /** How many were found, on all pages. */
  total: z.int(),
  /** How many of all found are in each category and have each tag; the most frequent ones. */
  facets: z.object({ category: countsSchema, tag: countsSchema }),
});
export type SearchProductsResult = z.output<typeof searchResultSchema>;

const MAX_COUNTS = 50;
const hitSchema = foundProductSchema.omit({ productId: true });

/** Products by their words or their code, as `kernel/search` finds; a GTIN counts in all its lengths. */
export async function searchProducts(
  { search }: ProductContext,
  { q, limit, offset, range, category, tag }: z.output<typeof searchProductsSchema>,
): Promise<SearchProductsResult> {
  const text = q.trim();
  // Nothing but spaces would find everything.
  if (text === '') return { items: [], total: 0, facets: { category: [], tag: [] } };
  const { hits, total, facets } = await search.search({
    text: isGtin(text) ? normaliseGtin(text) : text,
    filters: {
      ...(range === 'active' && { active: [true] }),
      ...(category && { category }),
      ...(tag && { tags: tag }),
    },
    facets: ['category', 'tags'],
    limit,
    offset,
  });
  return {
    items: hits.map(({ id, fields }) => ({ productId: id, ...hitSchema.parse(fields) })),
    total,
    facets: {
      category: facets.category!.slice(0, MAX_COUNTS),
      tag: facets.tags!.slice(0, MAX_COUNTS),
    },
  };
}
