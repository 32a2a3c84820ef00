import type { InventoryServiceDefinition } from '@butik/proto/gen/butik/inventory/v1/inventory';
import type { RpcHandlers } from '@butik/proto/rpc/rpc';
import { confirmReservation } from './confirm-reservation.ts';
import type { InventoryContext } from './inventory-context.ts';
import { recordMovements } from './record-movements.ts';
import { releaseReservation } from './release-reservation.ts';
import { reserveStock } from './reserve-stock.ts';

/** What the intake and the order service ask of this service. */
export function inventoryHandlers(context: InventoryContext): RpcHandlers<InventoryServiceDefinition> {
  return {
    recordMovements: async ({ fact }) => await recordMovements(context, fact),
    reserveStock: async (request) => await reserveStock(context, request),
    confirmReservation: async (request) => await confirmReservation(context, request),
    releaseReservation: async (request) => await releaseReservation(context, request),
  };
}
