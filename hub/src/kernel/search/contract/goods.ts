import type { IndexDefinition, Search, SearchIndex, SearchQuery } from '../search.ts';

export interface SearchUnderTest {
  search: Search;
  /** Another process of the hub on the same engine. */
  openAnother(): Promise<Search>;
  drop(): Promise<void>;
}

export const GOODS: IndexDefinition = {
  name: 'goods',
  version: 1,
  text: { name: 'A', category: 'B', description: 'D' },
  codes: ['code'],
  facets: ['category', 'tags', 'active'],
};

export const SHELF = [
  goods('lattmjolk', 'MJ-1', 'Lättmjölk 1 l', 'Mejeri', ['ekologisk', 'svensk']),
  goods('mjolk', 'MJ-2', 'Mjölk 3 %', 'Mejeri', ['svensk']),
  goods('mjol', 'MJ-30', 'Vetemjöl', 'Bakning', ['svensk']),
  goods('kanelbulle', 'BR-1', 'Kanelbulle', 'Bröd', []),
  goods('kaffe', '7310865004703', 'Bryggkaffe mellanrost 450 g', 'Kaffe', ['ekologisk']),
  goods('applen', 'FR-1', 'Äpplen Royal Gala', 'Frukt', ['svensk']),
  goods('al', 'FI-1', 'Ål, rökt', 'Fisk', []),
  goods('al-pa-engelska', 'FI-2', 'Al dente pasta', 'Pasta', []),
  goods('creme', 'ME-9', 'Crème fraîche', 'Mejeri', []),
  goods('strawberry', 'GL-1', 'Strawberry ice creams', 'Glass', ['import']),
  goods('the', 'TE-1', 'Te och honung', 'Te', []),
  goods('kokbok', 'BO-1', 'Kokbok', 'Böcker', [], 'Hundra rätter med mjölk och kanel'),
  goods('folkol', 'OL-1', 'Folköl', 'Dryck', []),
  goods('gammal', 'MJ-9', 'Filmjölk', 'Mejeri', ['svensk'], null, false),
];

/** The ids of what is found, the best first; 50 unless told. */
export async function findIds(
  index: SearchIndex,
  text: string,
  query: Partial<SearchQuery> = {},
): Promise<string[]> {
  return (await index.search({ text, limit: 50, ...query })).hits.map(({ id }) => id);
}

export function goods(
  id: string,
  code: string,
  name: string,
  category: string | null,
  tags: string[],
  description: string | null = null,
  active = true,
) {
  return { id, version: '0001', fields: { code, name, category, tags, description, active } };
}
