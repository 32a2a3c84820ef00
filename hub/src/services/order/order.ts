import { ORDER_STATES } from '@butik/domain/orders/states';
import { saleLineSchema, saleRecorded, tenderSchema, vatLineSchema } from '@butik/proto/facts/sale-recorded';
import { z } from 'zod';
import type { OrderContext } from './order-context.ts';

const receiptSchema = saleRecorded.payload.shape.receipt;

/** An order in a list: what the shop wrote, less its lines. Amounts are minor units of its currency. */
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
  receipt: receiptSchema,
  reference: z.string().nullable(),
  originalSaleId: z.uuid().nullable(),
  /** Why goods came back. */
  reason: z.string().nullable(),
  vat: z.array(vatLineSchema),
  tenders: z.array(tenderSchema),
  lineCount: z.int(),
  nodeId: z.uuid(),
  epoch: z.int(),
  /** When the hub recorded it. */
  recordedAt: z.iso.datetime(),
});
export type OrderSummary = z.output<typeof orderSummarySchema>;

export const orderViewSchema = orderSummarySchema.extend({ lines: z.array(saleLineSchema) });
export type OrderView = z.output<typeof orderViewSchema>;

function orderModel({ table }: OrderContext) {
  return table.getModel('Order');
}
type StoredOrder = NonNullable<Awaited<ReturnType<ReturnType<typeof orderModel>['get']>>>;

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
    receipt: item.receipt as OrderSummary['receipt'],
    reference: item.reference ?? null,
    originalSaleId: item.originalSaleId ?? null,
    reason: item.reason ?? null,
    vat: item.vat,
    tenders: item.tenders,
    lineCount: item.lineCount,
    nodeId: item.nodeId,
    epoch: item.epoch,
    recordedAt: new Date(item.createdAt).toISOString(),
  };
}
