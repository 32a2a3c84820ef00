/**
 * What the edge takes and answers. The edge's schemas say it; only their types are taken from there, so that
 * nothing of the edge is in the app. Money is minor units, VAT included.
 */
import type { LineInput as AnyLineInput, Quote } from '../../../src/sales/sale.ts';

export type { CurrentShop as Shop } from '../../../src/catalogue/current-shop.ts';
export type { Product } from '../../../src/catalogue/product.ts';
export type { Scanned as ScanAnswer } from '../../../src/catalogue/scan-product.ts';
export type { SyncStatus } from '../../../src/replication/sync-status.ts';
export type { Quote, Sale } from '../../../src/sales/sale.ts';

export type PricedLine = Quote['lines'][number];
export type VatRow = Quote['vat'][number];
export type PriceOverride = NonNullable<AnyLineInput['override']>;

/** The till names every product by its id. */
export type LineInput = Pick<AnyLineInput, 'quantity' | 'override'> & { productId: string };

/** Of what the edge takes, what this till offers. */
export type TenderType = 'cash' | 'external';

export interface Tender {
  type: TenderType;
  amountMinor: number;
}

export interface SaleInput {
  lines: LineInput[];
  tenders: Tender[];
  currency: string;
}

/** RFC 9457 problem details with the edge's stable code and its remedy. */
export interface Problem {
  title: string;
  status: number;
  detail: string;
  code: string;
  remedy: string;
  details?: Record<string, unknown>;
}
