import type { FactDefinition } from './define-fact.ts';
import { saleRecorded } from './sale-recorded.ts';
import { stockMoved } from './stock-moved.ts';

/** Every fact that a shop can report. A new one is a file, a line here and an applier at the hub. */
export const FACTS: readonly FactDefinition[] = [saleRecorded, stockMoved];
