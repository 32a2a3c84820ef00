import { ORDER_STATES } from '@butik/domain/orders/states';
import {
  type SaleLine,
  saleLineSchema,
  saleRecorded,
  tenderSchema,
  vatLineSchema,
} from '@butik/proto/facts/sale-recorded';
import { z } from 'zod';
import type { OrderTable } from './order-context.ts';
import { type Saga, sagaViewSchema, toSagaView } from './saga/saga.ts';

const receiptSchema = saleRecorded.payload.shape.receipt;

/** Whom to tell of an order, and in which language. */
export const contactSchema = z.strictObject({
  email: z.email().max(254).optional(),
  /** E.164. */
  phone: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/, 'Write it as +46701234567.')
    .optional(),
  language: z.enum(['sv', 'en']).default('sv'),
});

/**
 * An order in a list, less its lines: a sale as the shop wrote it, or an order made at the hub, which has neither
 * receipt nor node. Amounts are minor units of its currency.
 */
export const orderSummarySchema = z.object({
  orderId: z.uuid(),
  shopId: z.uuid(),
  kind: z.enum(['sale', 'return', 'online']),
  status: z.enum(ORDER_STATES),
  orderedAt: z.iso.datetime(),
  businessDay: z.iso.date(),
  currency: z.string(),
  totalMinor: z.int(),
  roundingMinor: z.int(),
  payableMinor: z.int(),
  changeMinor: z.int(),
  receipt: receiptSchema.nullable(),
  reference: z.string().nullable(),
  originalSaleId: z.uuid().nullable(),
  /** Why goods came back. */
  reason: z.string().nullable(),
  vat: z.array(vatLineSchema),
  tenders: z.array(tenderSchema),
  lineCount: z.int(),
  nodeId: z.uuid().nullable(),
  epoch: z.int().nullable(),
  /** When the hub recorded it. */
  recordedAt: z.iso.datetime(),
  /** The customer of an order made at the hub, where known; null for the other fields of such an order on a sale. */
  userId: z.string().nullable(),
  reservationId: z.uuid().nullable(),
  paymentId: z.uuid().nullable(),
  paymentMethod: z.string().nullable(),
  /** Why it was cancelled: an error code, or what was said by who cancelled it. */
  cancelReason: z.string().nullable(),
});
export type OrderSummary = z.output<typeof orderSummarySchema>;

export const orderViewSchema = orderSummarySchema.extend({
  lines: z.array(saleLineSchema),
  contact: contactSchema.nullable(),
  /** How far an order made at the hub has come; null for a sale. */
  saga: sagaViewSchema.nullable(),
});
export type OrderView = z.output<typeof orderViewSchema>;

function orderModel(table: OrderTable) {
  return table.getModel('Order');
}
export type StoredOrder = NonNullable<Awaited<ReturnType<ReturnType<typeof orderModel>['get']>>>;

/** The stored order as the API shows it; what the shop's snapshot says is passed on as it is. */
export function toSummary(item: StoredOrder): OrderSummary {
  return {
    orderId: item.orderId,
    shopId: item.shopId,
    kind: item.kind,
    status: item.status,
    orderedAt: item.orderedAt,
    businessDay: item.businessDay,
    currency: item.currency,
    totalMinor: item.totalAmount,
    roundingMinor: item.roundingMinor,
    payableMinor: item.payableMinor,
    changeMinor: item.changeMinor,
    receipt: (item.receipt as OrderSummary['receipt'] | undefined) ?? null,
    reference: item.reference ?? null,
    originalSaleId: item.originalSaleId ?? null,
    reason: item.reason ?? null,
    vat: item.vat,
    tenders: item.tenders,
    lineCount: item.lineCount,
    nodeId: item.nodeId ?? null,
    epoch: item.epoch ?? null,
    recordedAt: new Date(item.createdAt).toISOString(),
    userId: item.userId ?? null,
    reservationId: item.reservationId ?? null,
    paymentId: item.paymentId ?? null,
    paymentMethod: item.paymentMethod ?? null,
    cancelReason: item.cancelReason ?? null,
  };
}

/** An order with its lines and, when it was made at the hub, its saga. */
export function toOrderView(item: StoredOrder, lines: SaleLine[], saga: Saga | null | undefined): OrderView {
  return {
    ...toSummary(item),
    lines,
    contact: (item.contact as OrderView['contact'] | undefined) ?? null,
    saga: saga ? toSagaView(saga) : null,
  };
}
