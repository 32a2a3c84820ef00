import { catalogueCodes } from './codes/catalogue.ts';
import { generalCodes } from './codes/general.ts';
import { importCodes } from './codes/import.ts';
import { messageCodes } from './codes/message.ts';
import { objectCodes } from './codes/object.ts';
import { orderCodes } from './codes/order.ts';
import { paymentCodes } from './codes/payment.ts';
import { saleCodes } from './codes/sale.ts';
import { shopCodes } from './codes/shop.ts';
import { stockCodes } from './codes/stock.ts';
import { storeCodes } from './codes/store.ts';
import { syncCodes } from './codes/sync.ts';

/** Every error code of Butik. A code is a promise to its users: it is never renamed or reused. */
export const ERROR_CODES = {
  ...generalCodes,
  ...catalogueCodes,
  ...importCodes,
  ...saleCodes,
  ...stockCodes,
  ...orderCodes,
  ...paymentCodes,
  ...messageCodes,
  ...objectCodes,
  ...shopCodes,
  ...storeCodes,
  ...syncCodes,
};

export type ErrorCode = keyof typeof ERROR_CODES;
