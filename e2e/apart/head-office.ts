import { v7 as uuidv7 } from 'uuid';
import { callHub, callHubWithJson } from '../../hub/cli/hub-client.ts';
import type { KeptMessage } from '../../hub/src/kernel/messages/mailbox/open-mailbox.ts';
import { inventorySchema } from '../../hub/src/services/inventory/schema.ts';
import type { OrderView } from '../../hub/src/services/order/order.ts';
import type { PaymentDetail } from '../../hub/src/services/payment/get-payment.ts';
import type { Apart, PartName } from './start-apart.ts';

/** A product of the only shop, with the rights to sell so much of it online; each story has its own. */
export interface Goods {
  name: string;
  productId: string;
  granted: number;
}

/** What everybody has of one order once it has come to its end. */
export interface Books {
  status: OrderView['status'];
  saga: string;
  /** The status of each reservation that was ever made for it. */
  reservations: string[];
  /** Rights that are left. */
  available: number;
  /** What the bank moved from the customer to us, and back. */
  charged: { times: number; amountMinor: number };
  refunded: { times: number; amountMinor: number }[];
  /** Our own books of it: kind and amount of each transaction, and what its entries sum to. */
  booked: { kind: string; amountMinor: number; sum: number }[];
  /** Subjects of the mails that the customer got. */
  mails: string[];
}

export const PRICE = 1_590;
const QUANTITY = 2;
export const TO_PAY = PRICE * QUANTITY;

export interface HeadOffice {
  goods(name: string, granted?: number): Promise<Goods>;
  /** Posts the order of a customer who has that name for an address too. */
  order(goods: Goods, key?: string): Promise<OrderView>;
  cancel(orderId: string): Promise<OrderView>;
  read(orderId: string): Promise<OrderView>;
  payment(paymentId: string): Promise<PaymentDetail>;
  books(goods: Goods, order: Pick<OrderView, 'orderId'>): Promise<Books>;
}

/** Head office at work: makes a shop, and asks each process for what is its own. */
export async function openHeadOffice({ engines, bank, parts }: Apart): Promise<HeadOffice> {
  const post = <T>(part: PartName, path: string, body: object) =>
    callHubWithJson<T>(parts[part].address, 'POST', path, body);
  const get = <T>(part: PartName, path: string) => callHub<T>(parts[part].address, 'GET', path);
  const { shopId } = await post<{ shopId: string }>('catalogue', '/v1/shops', { name: 'Hörnan' });
  const inventory = await engines.documents.openTable({ name: 'inventory', schema: inventorySchema });
  let made = 0;

  const read = (orderId: string) => get<OrderView>('order', `/v1/orders/${orderId}`);
  const payment = (paymentId: string) => get<PaymentDetail>('payment', `/v1/payments/${paymentId}`);

  async function refundsOf(paymentId: string): Promise<PaymentDetail['refunds']> {
    return bank.find(paymentId) ? (await payment(paymentId)).refunds : [];
  }

  return {
    read,
    payment,
    async goods(name, granted = 10) {
      const product = await post<{ productId: string }>('catalogue', '/v1/products', {
        code: `APART-${++made}`,
        name,
        vatCategory: 'food',
        basePrice: { amountMinor: PRICE, currency: 'SEK' },
      });
      const { productId } = product;
      if (granted > 0) {
        const grant = { grantId: uuidv7(), quantity: granted };
        await post('inventory', `/v1/inventory/${shopId}/${productId}/online-rights`, grant);
      }
      return { name, productId, granted };
    },
    async order({ name, productId }, key = uuidv7()) {
      const order = {
        shopId,
        items: [{ productId, quantity: QUANTITY }],
        payment: { method: 'swish', payer: '46701234567' },
        contact: { email: mailAddress(name), language: 'sv' },
      };
      const headers = { 'content-type': 'application/json', 'idempotency-key': key };
      return await callHub(parts.order.address, 'POST', '/v1/orders', JSON.stringify(order), headers);
    },
    cancel: (orderId) => post('order', `/v1/orders/${orderId}/cancel`, { reason: 'kunden ångrade sig' }),
    async books({ name, productId }, { orderId }) {
      const { status, saga, paymentId } = await read(orderId);
      const reservations = await inventory.getModel('Reservation').find({ orderId }, { index: 'gs1' });
      const rights = await inventory.getModel('OnlineRights').get({ shopId, productId });
      const booked = await engines.query<Books['booked'][number]>(BOOKED, [paymentId]);
      const refunds = await refundsOf(paymentId!);
      const { items } = await get<{ items: KeptMessage[] }>('notification', '/v1/mailbox?limit=200');
      const mails = items.flatMap((kept) =>
        kept.channel === 'mail' && kept.message.to === mailAddress(name) ? [kept.message.subject] : [],
      );
      return {
        status,
        saga: saga!.state,
        reservations: reservations.map((one) => one.status),
        available: rights?.available ?? 0,
        charged: bank.ledger.movedFor(paymentId!),
        refunded: refunds.map(({ refundId }) => bank.ledger.movedFor(refundId)),
        booked,
        mails: mails.reverse(),
      };
    },
  };
}

const BOOKED = `
  SELECT kind, amount_minor::int AS "amountMinor", (SELECT sum(amount_minor)::int FROM payment.ledger_entries
    WHERE transaction_id = transactions.id) AS sum
  FROM payment.payment_transactions AS transactions WHERE payment_id = $1 ORDER BY booked_at`;

function mailAddress(name: string): string {
  return `${name.replaceAll(/[^a-z]+/g, '-')}@example.com`;
}

export const THANKS = 'Tack för din beställning';
export const SORRY = 'Din beställning är avbruten';
const NOTHING = { times: 0, amountMinor: 0 };
const ONCE = { times: 1, amountMinor: TO_PAY };
const charge = { kind: 'charge', amountMinor: TO_PAY, sum: 0 };
const refund = { kind: 'refund', amountMinor: TO_PAY, sum: 0 };

/** How the books look in the end. */
export const ENDS = {
  confirmed: ({ granted }: Goods): Books => ({
    status: 'confirmed',
    saga: 'done',
    reservations: ['confirmed'],
    available: granted - QUANTITY,
    charged: ONCE,
    refunded: [],
    booked: [charge],
    mails: [THANKS],
  }),
  /** It was never charged. */
  cancelled: ({ granted }: Goods): Books => ({
    status: 'cancelled',
    saga: 'cancelled',
    reservations: ['released'],
    available: granted,
    charged: NOTHING,
    refunded: [],
    booked: [],
    mails: [SORRY],
  }),
  /** It was confirmed, and then cancelled. */
  givenBack: ({ granted }: Goods): Books => ({
    status: 'cancelled',
    saga: 'cancelled',
    reservations: ['released'],
    available: granted,
    charged: ONCE,
    refunded: [ONCE],
    booked: [charge, refund],
    mails: [THANKS, SORRY],
  }),
};
