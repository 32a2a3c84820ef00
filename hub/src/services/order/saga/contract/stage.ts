import { afterEach, beforeEach } from 'vitest';
import type { Documents } from '../../../../kernel/documents/documents.ts';
import type { OrderView } from '../../order.ts';
import { createOrderWorld, type OrderProcess, type OrderWorld } from '../../testing/order-world.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
/** What inventory and payment hold of an order of two pieces that went well. */
export const SOLD = { goods: 'confirmed', paidMinor: 3180, charges: 1 };

/** A world and a process of its own for each story, and what the stories ask of them. */
export interface Stage {
  readonly world: OrderWorld;
  readonly hub: OrderProcess;
  view(orderId: string, process?: OrderProcess): Promise<OrderView>;
  /** `STATUS, STATE` of order and saga. */
  statusOf(orderId: string, process?: OrderProcess): Promise<string>;
  /** As a consumer takes them: each once, however many relays have published it. */
  eventsOf(orderId: string): string[];
  heldFor(order: { reservationId: string; paymentId: string }): typeof SOLD;
  /** Time goes on, with the sweeps that it brings. */
  pass(ms: number, process?: OrderProcess, stepMs?: number): Promise<void>;
}

export function setStage(open: () => Promise<Documents>): Stage {
  let world: OrderWorld;
  let hub: OrderProcess;
  beforeEach(async () => {
    world = await createOrderWorld(await open());
    hub = await world.start();
  });
  afterEach(() => world.close());

  const stage: Stage = {
    get world() {
      return world;
    },
    get hub() {
      return hub;
    },
    view: async (orderId, process = hub) => (await process.call('GET', `/orders/${orderId}`)).body,
    async statusOf(orderId, process = hub) {
      const { status, saga } = await stage.view(orderId, process);
      return `${status}, ${saga?.state}`;
    },
    eventsOf(orderId) {
      const once = new Map(world.events.map((event) => [event.id, event]));
      return [...once.values()].filter(({ subject }) => subject === orderId).map(({ type }) => type);
    },
    heldFor({ reservationId, paymentId }) {
      const payment = world.payments.payments.get(paymentId);
      return {
        goods: world.inventory.reservations.get(reservationId)?.status ?? 'none',
        paidMinor: (payment?.chargedMinor ?? 0) - (payment?.refundedMinor ?? 0),
        charges: payment?.charges ?? 0,
      };
    },
    async pass(ms, process = hub, stepMs = Math.min(ms, MINUTE)) {
      for (let passed = 0; passed < ms; passed += stepMs) {
        world.clock.nowMs += stepMs;
        await process.sweep();
      }
    },
  };
  return stage;
}
