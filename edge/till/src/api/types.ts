/** The edge's answers as its OpenAPI document describes them. Money is minor units, VAT included. */

export type Unit = 'piece' | 'gram';

export interface Shop {
  shopId: string;
  name: string;
  currency: string;
  timeZone: string;
  /** `manned`, or `exempt-unmanned`: customers serve themselves. */
  fiscalMode: string;
}

export interface Product {
  productId: string;
  code: string;
  name: string;
  unit: Unit;
  category: string | null;
  /** Valid now in this shop; per kilogram for goods in grams; null when the product has no price. */
  priceMinor: number | null;
  currency: string;
  onHand: number;
}

export interface ScanAnswer {
  product: Product;
  /** Pieces, or the grams that a weight code states. */
  quantity: number;
  /** What a price code states. */
  priceMinor?: number;
}

export interface PriceOverride {
  unitPriceMinor: number;
  currency: string;
  reason: string;
}

export interface LineInput {
  productId: string;
  quantity: number;
  override?: PriceOverride;
}

export interface PricedLine {
  productId: string;
  code: string;
  name: string;
  unit: Unit;
  quantity: number;
  unitPriceMinor: number;
  overrideReason?: string;
  rateBp: number;
  amountMinor: number;
}

export interface VatRow {
  rateBp: number;
  grossMinor: number;
  netMinor: number;
  vatMinor: number;
}

export interface Quote {
  lines: PricedLine[];
  vat: VatRow[];
  totalMinor: number;
  roundingMinor: number;
  payableMinor: number;
  currency: string;
}

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

export interface Sale extends Quote {
  saleId: string;
  receipt: { text: string };
  /** ISO 8601 in UTC. */
  soldAt: string;
  tenders: Tender[];
  changeMinor: number;
}

export interface SyncStatus {
  hub: 'connected' | 'unreachable' | 'refused';
  unsent: { facts: number; sales: number; oldestAt: string | null };
  down: { position: string | null; upToDate: boolean };
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
