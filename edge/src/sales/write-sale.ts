import type { PricedSale, SaleKind } from '@butik/domain/sale/price-sale';
import type { Tender } from '@butik/domain/sale/settle-tenders';
import { saleRecorded } from '@butik/proto/facts/sale-recorded';
import type { Database } from 'better-sqlite3';
import type { BusinessDayOf } from '../catalogue/business-day-of.ts';
import type { CurrentShop } from '../catalogue/current-shop.ts';
import type { Ports } from '../ports.ts';
import type { FactWriter } from '../replication/outbox/append-fact.ts';
import type { GoodsMoved, MoveStock } from '../stock/move-stock.ts';
import type { IssueReceipt } from './issue-receipt.ts';
import type { Sale } from './sale.ts';
import { createSaleInserter } from './sale-rows.ts';
import { settle } from './settle.ts';

export interface SaleToWrite {
  kind: SaleKind;
  shop: CurrentShop;
  soldAtMs: number;
  priced: PricedSale;
  tenders: readonly Tender[];
  /** Unit costs of goods that come back, by line; null where unknown. */
  unitCosts?: readonly (number | null)[];
  reference?: string | undefined;
  originalSaleId?: string | undefined;
  reason?: string | undefined;
}

export type WriteSale = (db: Database, sale: SaleToWrite) => Sale;

/**
 * Everything that a sale or return does to the store, within the job it is called in: receipt number and
 * journal, rows, stock, and the facts for the hub.
 */
export function createWriteSale(context: {
  db: Database;
  ports: Ports;
  facts: FactWriter;
  businessDayOf: BusinessDayOf;
  issueReceipt: IssueReceipt;
  moveStock: MoveStock;
}): WriteSale {
  const { ports, facts, businessDayOf, issueReceipt, moveStock } = context;
  const insert = createSaleInserter(context.db);

  return (db, input) => {
    const { kind, shop, priced, reference, originalSaleId, reason } = input;
    const { currency } = shop;
    const soldAt = new Date(input.soldAtMs).toISOString();
    const tenders = input.tenders.map(({ type, amountMinor }) => ({ type, amountMinor }));
    const { changeMinor, ...settled } = settle(priced.totalMinor, currency, tenders);
    const amounts = {
      lines: priced.lines,
      vat: priced.vat,
      totalMinor: priced.totalMinor,
      ...settled,
      tenders,
    };
    const head = {
      saleId: ports.newId(),
      kind,
      currency,
      businessDay: businessDayOf(shop, input.soldAtMs),
    };
    const { text, ...receipt } = issueReceipt({ ...head, ...amounts, issuedAt: soldAt });
    const fact = {
      saleId: head.saleId,
      kind,
      receipt,
      soldAt,
      businessDay: head.businessDay,
      currency,
      ...(reference !== undefined && { reference }),
      ...(originalSaleId !== undefined && { originalSaleId }),
      ...(reason !== undefined && { reason }),
      ...amounts,
      changeMinor,
    };
    const sale: Sale = { ...fact, receipt: { ...receipt, text } };

    insert(sale);
    facts.append(db, saleRecorded, { aggregate: `sale:${sale.saleId}`, payload: fact });
    moveStock(
      db,
      { causeId: sale.saleId, reason: kind, movedAt: soldAt, currency },
      goodsOf(sale, input.unitCosts),
    );
    return sale;
  };
}

function goodsOf(sale: Sale, unitCosts: SaleToWrite['unitCosts']): GoodsMoved[] {
  return sale.lines.map(({ productId, code, unit, quantity }, index) => ({
    productId,
    code,
    unit,
    quantity: 0 - quantity,
    unitCostMinor: unitCosts?.[index] ?? null,
  }));
}
