import { beforeEach, expect, test } from 'vitest';
import type { CutMessage } from './collection-log.ts';
import { type CutBuilder, createCutBuilder } from './cut.ts';

let cut: CutBuilder;
beforeEach(() => {
  cut = createCutBuilder(['products', 'prices']);
});

const change = (id: string, lsn: number, op = 0): CutMessage => ({
  value: { id },
  headers: { operation: 'update', lsn: String(lsn), op_position: op },
});
const row = (id: string): CutMessage => ({ value: { id }, headers: { operation: 'insert' } });
const upToDate = (lsn: number): CutMessage => ({
  headers: { control: 'up-to-date', global_last_seen_lsn: String(lsn) },
});
const at = (offset: string) => ({ handle: 'h1', offset });
const ids = (taken: ReturnType<CutBuilder['take']>) =>
  taken &&
  Object.fromEntries(
    [...taken.collections].map(([name, { changes }]) => [name, changes.map((c) => c.value.id)]),
  );

test('[D2] there is no cut before every collection was up to date', () => {
  cut.onMessages('products', [change('milk', 5), upToDate(9)], at('5_0'));
  expect(cut.take()).toBeNull();
  cut.onMessages('prices', [upToDate(9)], at('0_inf'));
  expect(cut.take()?.position).toBe('9');
});

test('[D1] a product and its price, written together, are in one cut', () => {
  cut.onMessages('products', [upToDate(9)], at('0_inf'));
  cut.onMessages('prices', [upToDate(9)], at('0_inf'));
  cut.take();

  cut.onMessages('products', [change('milk', 12), upToDate(12)], at('12_0'));
  expect(ids(cut.take())).toBeNull();
  cut.onMessages('prices', [change('milk/chain', 12), upToDate(12)], at('12_0'));
  const taken = cut.take();
  expect(taken?.position).toBe('12');
  expect(ids(taken)).toEqual({ products: ['milk'], prices: ['milk/chain'] });
  expect(cut.take()).toBeNull();
});

test('[D1, D3] changes beyond the cut wait, and the collection resumes right before them', () => {
  cut.onMessages('products', [change('a', 3), change('b', 4, 7), change('c', 11), upToDate(11)], at('11_0'));
  cut.onMessages('prices', [upToDate(8)], at('0_inf'));
  const first = cut.take();
  expect(first?.position).toBe('8');
  expect(ids(first)).toEqual({ products: ['a', 'b'], prices: [] });
  expect(first?.collections.get('products')?.place).toEqual(at('4_7'));
  expect(first?.collections.get('prices')?.place).toEqual(at('0_inf'));

  cut.onMessages('prices', [upToDate(11)], at('0_inf'));
  const second = cut.take();
  expect(ids(second)).toEqual({ products: ['c'], prices: [] });
  expect(second?.collections.get('products')?.place).toEqual(at('11_0'));
});

test('[D3] when nothing of a collection is in the cut, where it resumes stays as it was', () => {
  cut.onMessages('products', [change('c', 11), upToDate(11)], at('11_0'));
  cut.onMessages('prices', [upToDate(8)], at('0_inf'));
  expect(cut.take()?.collections.get('products')?.place).toBeNull();
});

test('[D4] loaded rows count at the first up-to-date after them: no cut is made below it', () => {
  cut.restart('products');
  cut.onMessages('prices', [change('p1', 20), upToDate(20)], at('20_0'));
  cut.onMessages('products', [row('milk')], at('0_0'));
  expect(cut.isStaging('products')).toBe(true);
  expect(cut.take()).toBeNull();
  cut.onMessages('products', [row('bread'), upToDate(25)], at('0_inf'));
  expect(cut.isStaging('products')).toBe(false);
  expect(cut.take()).toBeNull();
  expect(cut.lagging()).toEqual(['prices']);

  cut.onMessages('prices', [upToDate(25)], at('20_0'));
  const taken = cut.take();
  expect(taken?.position).toBe('25');
  expect(taken?.collections.get('products')).toEqual({ changes: [], refetched: true, place: at('0_inf') });
  expect(taken?.collections.get('prices')?.refetched).toBe(false);
});

test('[D4] a change after the load that the cut does not reach leaves the load’s own place to resume from', () => {
  cut.restart('products');
  cut.onMessages('products', [row('milk'), upToDate(25)], at('0_inf'));
  cut.onMessages('products', [change('milk', 30), upToDate(30)], at('30_0'));
  cut.onMessages('prices', [upToDate(26)], at('0_inf'));
  expect(cut.take()?.collections.get('products')).toEqual({
    changes: [],
    refetched: true,
    place: at('0_inf'),
  });
});

test('[D5] the collection that holds a change back is named; a quiet hub names none', () => {
  cut.onMessages('products', [upToDate(9)], at('0_inf'));
  cut.onMessages('prices', [upToDate(14)], at('0_inf'));
  expect(cut.lagging()).toEqual([]);
  cut.onMessages('prices', [change('p1', 15), upToDate(15)], at('15_0'));
  expect(cut.lagging()).toEqual(['products']);
  cut.onMessages('products', [upToDate(15)], at('0_inf'));
  expect(cut.lagging()).toEqual([]);
});

test('[D6] a refetch in the middle drops what waited of that collection and of no other', () => {
  cut.onMessages('products', [upToDate(9)], at('0_inf'));
  cut.onMessages('prices', [upToDate(9)], at('0_inf'));
  cut.take();
  cut.onMessages('products', [change('old', 10)], at('10_0'));
  cut.onMessages('prices', [change('p1', 10), upToDate(10)], at('10_0'));
  cut.restart('products');
  expect(cut.take()).toBeNull();
  cut.onMessages('products', [row('new'), upToDate(10)], { handle: 'h2', offset: '0_inf' });
  const taken = cut.take();
  expect(ids(taken)).toEqual({ products: [], prices: ['p1'] });
  expect(taken?.collections.get('products')?.place).toEqual({ handle: 'h2', offset: '0_inf' });
});

test('[D8] loaded rows are not held in memory', () => {
  cut.restart('products');
  cut.onMessages(
    'products',
    Array.from({ length: 1_000 }, (_, n) => row(`p${n}`)),
    at('0_0'),
  );
  expect(cut.size('products')).toBe(0);
  cut.onMessages('prices', [change('a', 1), change('b', 2)], at('2_0'));
  expect(cut.size('prices')).toBe(2);
});

test('positions are compared as numbers, however long', () => {
  cut.onMessages('products', [upToDate(9)], at('0_inf'));
  cut.onMessages(
    'prices',
    [{ headers: { control: 'up-to-date', global_last_seen_lsn: '10000000000000000001' } }],
    at('0_inf'),
  );
  expect(cut.take()?.position).toBe('9');
});
