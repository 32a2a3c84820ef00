import { ORDER_STATES } from '@butik/domain/orders/states';
import type { OneSchema } from 'dynamodb-onetable';
import { outboxModels } from '../../kernel/outbox/outbox-models.ts';
import { SAGA_STATES } from './saga/states.ts';

/** The table `orders`: orders as they were made, their lines, history and saga, and sums by business day. */
export const orderSchema = {
  format: 'onetable:1.1.0',
  version: '1.0.0',
  indexes: {
    primary: { hash: 'pk', sort: 'sk' },
    gs1: { hash: 'gs1pk', sort: 'gs1sk', project: 'all' },
    gs2: { hash: 'gs2pk', sort: 'gs2sk', project: 'all' },
    gs3: { hash: 'gs3pk', sort: 'gs3sk', project: 'all' },
  },
  models: {
    Order: {
      pk: { type: String, value: 'order#${shopId}#${orderId}' },
      sk: { type: String, value: '${orderId}' },
      /** One shop's orders by time. */
      gs1pk: { type: String, value: 'orders#${shopId}' },
      gs1sk: { type: String, value: '${orderedAt}#${orderId}' },
      /** An order by its id alone. */
      gs2pk: { type: String, value: 'order#${orderId}' },
      gs2sk: { type: String, value: '${shopId}' },
      /** The chain's orders by time. */
      gs3pk: { type: String, value: 'orders' },
      gs3sk: { type: String, value: '${orderedAt}#${orderId}' },
      orderId: { type: String, required: true },
      shopId: { type: String, required: true },
      kind: { type: String, required: true, enum: ['sale', 'return', 'online'] },
      status: { type: String, required: true, enum: ORDER_STATES },
      /** When the sale was made, by the shop's clock, or ordered, by the hub's: ISO 8601 in UTC. */
      orderedAt: { type: String, required: true },
      businessDay: { type: String, required: true },
      currency: { type: String, required: true },
      /** Minor units, VAT included, before cash rounding. */
      totalAmount: { type: Number, required: true },
      roundingMinor: { type: Number, required: true },
      payableMinor: { type: Number, required: true },
      changeMinor: { type: Number, required: true },
      /** What only a sale at a till has: receipt, node, epoch, fact and its hash. */
      receipt: { type: Object },
      reference: { type: String },
      originalSaleId: { type: String },
      /** Why goods came back. */
      reason: { type: String },
      vat: { type: Array, required: true },
      tenders: { type: Array, required: true },
      lineCount: { type: Number, required: true },
      nodeId: { type: String },
      epoch: { type: Number },
      factId: { type: String },
      /** SHA-256 of the fact's payload: the same sale again is the same content. */
      contentHash: { type: String },
      /** What only an order made at the hub has. */
      userId: { type: String },
      contact: { type: Object },
      reservationId: { type: String },
      paymentId: { type: String },
      paymentMethod: { type: String },
      cancelReason: { type: String },
      createdAt: { type: Number, required: true },
      updatedAt: { type: Number, required: true },
    },
    /** Lines are apart from the order, so that no number of them outgrows an item. */
    OrderLines: {
      pk: { type: String, value: 'order#${shopId}#${orderId}' },
      sk: { type: String, value: 'lines#${part}' },
      orderId: { type: String, required: true },
      shopId: { type: String, required: true },
      part: { type: String, required: true },
      lines: { type: Array, required: true },
    },
    OrderStep: {
      pk: { type: String, value: 'order#${shopId}#${orderId}' },
      sk: { type: String, value: 'history#${step}' },
      orderId: { type: String, required: true },
      shopId: { type: String, required: true },
      step: { type: String, required: true },
      status: { type: String, required: true, enum: ORDER_STATES },
      at: { type: Number, required: true },
      by: { type: String, required: true },
      note: { type: String },
    },
    /** How far an order made at the hub has come; beside the order, and written with it. */
    Saga: {
      pk: { type: String, value: 'order#${shopId}#${orderId}' },
      sk: { type: String, value: 'saga' },
      /** Open sagas by the time at which somebody has to look; those that have ended have neither shard nor dueAt. */
      gs1pk: { type: String, value: 'sagas#${shard}' },
      gs1sk: { type: String, value: '${dueAt}#${orderId}' },
      orderId: { type: String, required: true },
      shopId: { type: String, required: true },
      state: { type: String, required: true, enum: SAGA_STATES },
      /** Counts the writes: whoever writes names the version that was read. */
      version: { type: Number, required: true },
      /** Tries of the present step that did not settle it. */
      attempts: { type: Number, required: true },
      /** When the present step began. */
      since: { type: Number, required: true },
      shard: { type: String },
      /** ISO 8601 in UTC. */
      dueAt: { type: String },
      reservationId: { type: String, required: true },
      paymentId: { type: String, required: true },
      userId: { type: String },
      businessDay: { type: String, required: true },
      currency: { type: String, required: true },
      amountMinor: { type: Number, required: true },
      method: { type: String, required: true },
      /** Who pays, as the method names them; forgotten once the payment is settled. */
      payer: { type: String },
      /** Why it is being cancelled: an error code, or what was said by who asked for it. */
      cancelReason: { type: String },
      cancelledBy: { type: String },
      /** What the last try met. */
      lastError: { type: String },
      /** W3C trace context of the request that made the order; its steps stay in that trace. */
      traceparent: { type: String },
    },
    /** Which order was made by a request: the same request again gets the same answer. */
    OrderKey: {
      pk: { type: String, value: 'key#${by}#${key}' },
      sk: { type: String, value: 'info' },
      by: { type: String, required: true },
      key: { type: String, required: true },
      orderId: { type: String, required: true },
      shopId: { type: String, required: true },
      /** SHA-256 of the request's body. */
      contentHash: { type: String, required: true },
    },
    DaySum: {
      pk: { type: String, value: 'summary#${shopId}' },
      sk: { type: String, value: '${businessDay}#${currency}#${kind}' },
      shopId: { type: String, required: true },
      businessDay: { type: String, required: true },
      currency: { type: String, required: true },
      kind: { type: String, required: true },
      orders: { type: Number, required: true },
      totalMinor: { type: Number, required: true },
    },
    ...outboxModels,
  },
} as const satisfies OneSchema;
