import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { quote } from '../api/edge.ts';
import type { PricedLine, Quote } from '../api/types.ts';
import { type BasketLine, toLineInputs } from './basket.ts';

export interface BasketQuote {
  quote: Quote;
  /** By the basket's line ids: a line keeps its amount while the next quote is on its way. */
  byLine: ReadonlyMap<string, PricedLine>;
}

export interface QuoteState {
  data: BasketQuote | null;
  /** True when `data` prices exactly the lines that were asked about. */
  current: boolean;
  error: Error | null;
}

/** What the edge says that the basket costs; the page computes no prices itself. */
export function useQuote(lines: readonly BasketLine[], cash: boolean): QuoteState {
  const inputs = toLineInputs(lines);
  const asked = useQuery({
    queryKey: ['quote', cash, lines.map(({ lineId }) => lineId), inputs],
    queryFn: async ({ signal }) => withLineIds(await quote(inputs, cash, signal), lines),
    enabled: lines.length > 0,
    placeholderData: keepPreviousData,
  });
  if (lines.length === 0) return { data: null, current: false, error: null };
  return {
    data: asked.data ?? null,
    current: asked.isSuccess && !asked.isPlaceholderData,
    error: asked.error,
  };
}

function withLineIds(answer: Quote, lines: readonly BasketLine[]): BasketQuote {
  const byLine = new Map<string, PricedLine>();
  for (const [index, { lineId }] of lines.entries()) {
    const priced = answer.lines[index];
    if (priced) byLine.set(lineId, priced);
  }
  return { quote: answer, byLine };
}
