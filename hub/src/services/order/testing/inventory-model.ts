import { ButikError } from '@butik/proto/errors/butik-error';
import type { InventoryServiceDefinition } from '@butik/proto/gen/butik/inventory/v1/inventory';
import type { RpcHandlers } from '@butik/proto/rpc/rpc';

interface Reservation {
  status: 'held' | 'confirmed' | 'released';
  lines: { productId: string; quantity: number }[];
}

/** The inventory service as its proto describes it, in memory, for the saga's tests. */
export interface InventoryModel {
  handlers: RpcHandlers<InventoryServiceDefinition>;
  /** What may still be sold online. */
  available: Map<string, number>;
  reservations: Map<string, Reservation>;
}

export function createInventoryModel(): InventoryModel {
  const available = new Map<string, number>();
  const reservations = new Map<string, Reservation>();

  function take(lines: Reservation['lines'], sign: 1 | -1): void {
    for (const { productId, quantity } of lines) {
      available.set(productId, (available.get(productId) ?? 0) - sign * quantity);
    }
  }

  return {
    available,
    reservations,
    handlers: {
      recordMovements: async () => ({}),
      async reserveStock({ reservationId, lines }) {
        const there = reservations.get(reservationId);
        if (there?.status === 'released') throw new ButikError('RESERVATION_RELEASED');
        if (there) return { reservationId, status: there.status };
        const short = lines.filter(({ productId, quantity }) => (available.get(productId) ?? 0) < quantity);
        if (short.length > 0) throw new ButikError('STOCK_NOT_RESERVABLE', { details: { lines: short } });
        take(lines, 1);
        reservations.set(reservationId, { status: 'held', lines });
        return { reservationId, status: 'held' };
      },
      async confirmReservation({ reservationId }) {
        const there = reservations.get(reservationId);
        if (!there) throw new ButikError('RESERVATION_NOT_FOUND');
        if (there.status === 'released') throw new ButikError('RESERVATION_RELEASED');
        there.status = 'confirmed';
        return { reservationId, status: 'confirmed' };
      },
      async releaseReservation({ reservationId }) {
        const there = reservations.get(reservationId) ?? { status: 'released', lines: [] };
        if (there.status !== 'released') take(there.lines, -1);
        there.status = 'released';
        reservations.set(reservationId, there);
        return { reservationId, status: 'released' };
      },
    },
  };
}
