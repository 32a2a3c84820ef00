import { type BusinessDayOf, createBusinessDayOf } from './catalogue/business-day-of.ts';
import { type Catalogue, createCatalogue } from './catalogue/catalogue.ts';
import { type CurrentShop, createShopReader } from './catalogue/current-shop.ts';
import type { ProductFinder } from './catalogue/find-product.ts';
import type { Ports } from './ports.ts';
import type { Identity } from './provisioning/identity.ts';
import type { FactWriter } from './replication/outbox/append-fact.ts';
import { createFindSale, type FindSale } from './sales/find-sale.ts';
import { createReceiptIssuer } from './sales/issue-receipt.ts';
import { createListSales, type ListSales } from './sales/list-sales.ts';
import { createQuoteSale, type QuoteSale } from './sales/quote-sale.ts';
import { createRecordSale, type RecordSale } from './sales/record-sale.ts';
import { createReturnGoods, type ReturnGoods } from './sales/return-goods.ts';
import { createReturnLines } from './sales/return-lines.ts';
import { createWriteSale } from './sales/write-sale.ts';
import { createMoveStock } from './stock/move-stock.ts';
import { createStockReader, type StockReader } from './stock/read-stock.ts';
import { createReceiveStock, type ReceiveStock } from './stock/receive-stock.ts';
import { createAnswerOnce } from './store/answer-once.ts';
import type { Store } from './store/store.ts';

/** What a shop can do, ready to be called. */
export interface Shop {
  identity: Identity;
  till: string;
  ports: Ports;
  currentShop: () => CurrentShop;
  businessDayOf: BusinessDayOf;
  catalogue: Catalogue;
  find: ProductFinder;
  stock: StockReader;
  receiveStock: ReceiveStock;
  recordSale: RecordSale;
  returnGoods: ReturnGoods;
  quoteSale: QuoteSale;
  findSale: FindSale;
  listSales: ListSales;
}

/** Puts the rooms of a shop together over its store. */
export function createShop(ground: {
  store: Store;
  facts: FactWriter;
  ports: Ports;
  identity: Identity;
  till: string;
}): Shop {
  const { store, facts, ports, identity, till } = ground;
  const { db } = store;
  const answerOnce = createAnswerOnce(store);
  const currentShop = createShopReader(db, identity);
  const businessDayOf = createBusinessDayOf();
  const stock = createStockReader(db);
  const catalogue = createCatalogue({ db, ports, currentShop, onHand: stock.onHand });
  const { find } = catalogue;
  const moveStock = createMoveStock({ db, ports, facts });
  const issueReceipt = createReceiptIssuer({ db, identity, till });
  const findSale = createFindSale(db);
  const returnLines = createReturnLines({ db, find });
  const writeSale = createWriteSale({ db, ports, facts, businessDayOf, issueReceipt, moveStock });
  const common = { ports, catalogue, currentShop, businessDayOf, answerOnce, writeSale };
  return {
    identity,
    till,
    ports,
    currentShop,
    businessDayOf,
    catalogue,
    find,
    stock,
    receiveStock: createReceiveStock({ ports, find, currentShop, moveStock, answerOnce }),
    recordSale: createRecordSale(common),
    returnGoods: createReturnGoods({ ...common, findSale, returnLines }),
    quoteSale: createQuoteSale(common),
    findSale,
    listSales: createListSales(db, till),
  };
}
