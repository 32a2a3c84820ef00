import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FAULTS, type Fault } from '../testing/faults.ts';
import { createOrderWorld, type OrderProcess, type OrderWorld } from '../testing/order-world.ts';
import { anOrder, place } from '../testing/place-order.ts';

const MINUTE = 60_000;
/** Longer than any pause and any deadline of a step. */
const ROUNDS_TO_QUIET = 40;

interface History {
  /** What befalls the calls, one after the other; those after the last go well. */
  faults: Fault[];
  customer: 'pays' | 'declines' | 'hesitates';
  slowRefunds: boolean;
  inStock: boolean;
  rounds: {
    passMs: number;
    event: 'nothing' | 'cancel' | 'pays now' | 'late calls arrive';
    processes: 1 | 2;
  }[];
}

const histories: fc.Arbitrary<History> = fc.record({
  faults: fc.array(fc.constantFrom(...FAULTS), { maxLength: 12 }),
  customer: fc.constantFrom('pays', 'declines', 'hesitates'),
  slowRefunds: fc.boolean(),
  inStock: fc.constantFrom(true, true, true, false),
  rounds: fc.array(
    fc.record({
      passMs: fc.constantFrom(1_000, 16_000, MINUTE, 16 * MINUTE),
      event: fc.constantFrom('nothing', 'nothing', 'cancel', 'pays now', 'late calls arrive'),
      processes: fc.constantFrom(1, 2),
    }),
    { minLength: 1, maxLength: 8 },
  ),
});

/** Sweeps with living processes: those that have died are followed by others. */
async function sweep(world: OrderWorld, processes: OrderProcess[], count: number): Promise<OrderProcess[]> {
  const alive = processes.filter((process) => !process.isDead());
  while (alive.length < count) alive.push(await world.start());
  await Promise.all(alive.map((process) => process.sweep()));
  return alive;
}

async function live(world: OrderWorld, history: History) {
  const faults = [...history.faults];
  const request = anOrder(world);
  const { productId } = request.items[0]!;
  if (!history.inStock) world.inventory.available.set(productId, 1);
  Object.assign(world.payments, { customer: history.customer, slowRefunds: history.slowRefunds });
  world.faults.plan = () => faults.shift() ?? 'none';
  let processes = [await world.start()];
  const placed = await place(processes[0]!, request);
  await processes[0]!.idle();

  for (const { passMs, event, processes: count } of history.rounds) {
    world.clock.nowMs += passMs;
    processes = await sweep(world, processes, count);
    if (event === 'late calls arrive') await world.letLateCallsArrive();
    if (event === 'pays now') world.payments.payNow(placed.paymentId);
    const alive = processes.find((process) => !process.isDead());
    if (event === 'cancel' && alive) {
      await alive.call('POST', `/orders/${placed.orderId}/cancel`, { reason: 'slut' });
      await alive.idle();
    }
  }
  faults.length = 0;
  for (let round = 0; round < ROUNDS_TO_QUIET; round++) {
    world.clock.nowMs += MINUTE;
    processes = await sweep(world, processes, 1);
  }
  await world.letLateCallsArrive();
  const { body: order } = await processes[0]!.call('GET', `/orders/${placed.orderId}`);
  return { order, left: world.inventory.available.get(productId), stocked: history.inStock ? 10 : 1 };
}

test('whatever fails and whoever dies, an order ends sold once or with nothing held and nothing charged', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const world = await createOrderWorld();
      try {
        const { order, left, stocked } = await live(world, history);
        const payment = world.payments.payments.get(order.paymentId);
        const keptMinor = (payment?.chargedMinor ?? 0) - (payment?.refundedMinor ?? 0);
        expect(payment?.charges ?? 0).toBeLessThanOrEqual(1);
        const goods = world.inventory.reservations.get(order.reservationId)?.status;
        const events = new Set(world.events.map(({ id }) => id));
        const told = (type: string) =>
          new Set(world.events.filter((event) => event.type === type).map(({ id }) => id)).size;
        expect(order.saga.dueAt).toBeNull();
        if (order.status === 'confirmed') {
          expect([order.saga.state, goods, keptMinor, left]).toEqual([
            'done',
            'confirmed',
            3180,
            stocked - 2,
          ]);
          expect([told('OrderConfirmed'), told('OrderCancelled')]).toEqual([1, 0]);
        } else {
          expect([order.status, order.saga.state]).toEqual(['cancelled', 'cancelled']);
          expect([goods, keptMinor, left]).toEqual(['released', 0, stocked]);
          expect(told('OrderCancelled')).toBe(1);
        }
        expect(events.size).toBeLessThanOrEqual(3);
      } finally {
        await world.close();
      }
    }),
    { seed: 2026, numRuns: 60 },
  );
}, 120_000);
