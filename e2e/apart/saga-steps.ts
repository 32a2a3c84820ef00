import type { Goods } from './head-office.ts';
import type { HttpCall } from './holding-proxy.ts';
import type { ServiceCall } from './holding-service.ts';
import type { Held, Moment } from './holds.ts';
import type { Apart } from './start-apart.ts';

type Between = Apart['between'];

/** Keeps the call or the write of one step, of the order of these goods. */
export type HoldStep = (between: Between, goods: Goods, moment: Moment) => Promise<Held>;

/** The steps of an order that goes well. */
export const STEPS_UP: Record<string, HoldStep> = {
  reserve: ({ orderAndInventory }, goods, moment) =>
    orderAndInventory.holds.next(moment, (call) => isReserve(call, goods)),
  pay: ({ orderAndPayment, ...others }, goods, moment) =>
    orderAndPayment.holds.next(
      moment,
      ({ method, request }) =>
        method === 'processPayment' && request.orderId === reserved(others, goods)?.orderId,
    ),
  confirm: ({ orderAndInventory }, goods, moment) =>
    orderAndInventory.holds.next(
      moment,
      ({ method, request }) =>
        method === 'confirmReservation' &&
        request.reservationId === reserved({ orderAndInventory }, goods)?.reservationId,
    ),
  notify: ({ orderAndDocuments, ...others }, goods, moment) =>
    orderAndDocuments.holds.next(moment, (call) =>
      isTransaction(call, 'OrderConfirmed', reserved(others, goods)?.orderId),
    ),
};

/** The steps of one that was confirmed and is turned back. */
export const STEPS_BACK: Record<string, HoldStep> = {
  refund: ({ orderAndPayment, ...others }, goods, moment) =>
    orderAndPayment.holds.next(
      moment,
      ({ method, request }) =>
        method === 'cancelPayment' && request.orderId === reserved(others, goods)?.orderId,
    ),
  release: ({ orderAndInventory }, goods, moment) =>
    orderAndInventory.holds.next(
      moment,
      ({ method, request }) =>
        method === 'releaseReservation' &&
        request.orderId === reserved({ orderAndInventory }, goods)?.orderId,
    ),
  cancel: ({ orderAndDocuments, ...others }, goods, moment) =>
    orderAndDocuments.holds.next(moment, (call) =>
      isTransaction(call, 'OrderCancelled', reserved(others, goods)?.orderId),
    ),
};

/** The order's very first write: when it is done there is an order, whether or not anybody hears of it. */
export const holdPlacing: HoldStep = ({ orderAndDocuments }, goods, moment) =>
  orderAndDocuments.holds.next(moment, (call) => isTransaction(call, 'OrderCreated', goods.productId));

/** The payment process asks the bank for the money. */
export const holdCharge: HoldStep = ({ paymentAndBank, ...others }, goods, moment) =>
  paymentAndBank.holds.next(moment, ({ method, path, body }) => {
    const orderId: string | undefined = reserved(others, goods)?.orderId;
    return (
      method === 'PUT' &&
      path.includes('/paymentrequests/') &&
      orderId !== undefined &&
      body.includes(orderId.replaceAll('-', ''))
    );
  });

/** The inventory process writes a reservation. */
export const holdReserving: HoldStep = ({ inventoryAndDocuments }, goods, moment) =>
  inventoryAndDocuments.holds.next(moment, (call) =>
    isTransaction(call, 'InventoryReserved', goods.productId),
  );

/** What the order process asked to reserve of these goods: from then on the order's ids are known. */
function reserved(
  { orderAndInventory }: Pick<Between, 'orderAndInventory'>,
  goods: Goods,
): ServiceCall['request'] {
  return orderAndInventory.seen.find((call) => isReserve(call, goods))?.request;
}

function isReserve({ method, request }: ServiceCall, { productId }: Goods): boolean {
  return method === 'reserveStock' && request.lines[0].productId === productId;
}

function isTransaction({ body }: HttpCall, event: string, about: string | undefined): boolean {
  return (
    body.includes('TransactItems') && body.includes(event) && about !== undefined && body.includes(about)
  );
}
