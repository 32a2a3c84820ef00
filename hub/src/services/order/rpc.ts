import type { GetOrderResponse, OrderServiceDefinition } from '@butik/proto/gen/butik/order/v1/order';
import type { RpcHandlers } from '@butik/proto/rpc/rpc';
import { getOrder } from './get-order.ts';
import type { OrderContext } from './order-context.ts';
import { recordSale } from './record-sale.ts';

/** What the intake and other services ask of this one. */
export function orderHandlers(context: OrderContext): RpcHandlers<OrderServiceDefinition> {
  return {
    recordSale: async ({ fact }) => await recordSale(context, fact),

    async getOrder({ orderId }): Promise<Partial<GetOrderResponse>> {
      const order = await getOrder(context, orderId);
      const { email = '', phone = '', language = '' } = order.contact ?? {};
      return {
        orderId,
        shopId: order.shopId,
        kind: order.kind,
        status: order.status,
        currency: order.currency,
        payableMinor: order.payableMinor,
        userId: order.userId ?? '',
        contact: { email, phone, language },
        lines: order.lines.map(({ productId, name, quantity, unit, amountMinor }) => ({
          productId,
          name,
          quantity,
          unit,
          amountMinor,
        })),
        cancelReason: order.cancelReason ?? '',
      };
    },
  };
}
