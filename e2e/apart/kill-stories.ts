import { v7 as uuidv7 } from 'uuid';
import { expect, test } from 'vitest';
import { ENDS, type Goods, type HeadOffice } from './head-office.ts';
import type { Held, Moment } from './holds.ts';
import { type HoldStep, holdCharge, holdPlacing, holdReserving, STEPS_BACK, STEPS_UP } from './saga-steps.ts';
import type { Apart } from './start-apart.ts';

export interface HubUnderTest {
  apart: Apart;
  office: HeadOffice;
}

interface Victim {
  goods: Goods;
  order: { orderId: string };
  end: keyof typeof ENDS;
}
/** An order that has stopped in the middle of a step. */
type Stopped = Victim & { held: Held };

const ENDS_WITHIN_MS = 30_000;
/** A lease of the dead has to end first: 15 s of a saga, 30 s of a charge, about as long of a schedule's run. */
const DEAD_END_WITHIN_MS = 120_000;

export function killStories(hubUnderTest: () => HubUnderTest): void {
  test('SIGKILL in the middle of any step costs no order and doubles nothing', async () => {
    const hub = hubUnderTest();
    const victims: Victim[] = [
      ...(await killChargesAndReservations(hub)),
      ...(await killSagas(hub, 'before')),
      ...(await killSagas(hub, 'after')),
    ];
    for (const victim of victims) await comesToItsEnd(hub, victim, DEAD_END_WITHIN_MS);
    // Once more, now that all is quiet: nothing came twice.
    for (const { goods, order, end } of victims) {
      expect([goods.name, await hub.office.books(goods, order)]).toEqual([goods.name, ENDS[end](goods)]);
    }
  });
}

/** One order for each step of the saga, stopped in the middle of it, and one SIGKILL of the order process for all. */
async function killSagas(hub: HubUnderTest, moment: Moment): Promise<Victim[]> {
  const { process } = hub.apart.parts.order;
  const name = (step: string) => `killed ${moment} ${step}`;
  const confirmed = await Promise.all(
    Object.entries(STEPS_BACK).map(async ([step, hold]) => ({ ...(await confirm(hub, name(step))), hold })),
  );
  const stopping = [
    ...Object.entries(STEPS_UP).map(([step, hold]) => placeAndStop(hub, name(step), hold, moment)),
    ...confirmed.map(({ hold, ...victim }) => cancelAndStop(hub, victim, hold, moment)),
  ];
  const unheard = placeUnheard(hub, name('answering'), moment);
  const stopped = await Promise.all(stopping);
  const { held, again } = await unheard;
  await killOver(process, [...stopped, { held }]);
  await process.start();
  return [...stopped, await again()];
}

/** The payment process dies over charges, and the inventory process over reservations. */
async function killChargesAndReservations(hub: HubUnderTest): Promise<Victim[]> {
  const { payment, inventory } = hub.apart.parts;
  const moments = ['before', 'after'] as const;
  const stop = (what: string, hold: HoldStep) =>
    Promise.all(moments.map((moment) => placeAndStop(hub, `killed ${moment} ${what}`, hold, moment)));
  const [charges, reservations] = await Promise.all([
    stop('charging', holdCharge),
    stop('holding', holdReserving),
  ]);
  await Promise.all([killOver(payment.process, charges), killOver(inventory.process, reservations)]);
  await Promise.all([payment.process.start(), inventory.process.start()]);
  return [...charges, ...reservations];
}

/** What was held goes on without the dead: the other side acts late, or answers nobody. */
async function killOver(
  process: { kill(): Promise<void> },
  stopped: readonly { held: Held }[],
): Promise<void> {
  expect(stopped.map(({ held }) => held.isGivenUp())).toEqual(stopped.map(() => false));
  await process.kill();
  for (const { held } of stopped) held.letGo();
}

async function placeAndStop(
  { apart, office }: HubUnderTest,
  name: string,
  hold: HoldStep,
  moment: Moment,
): Promise<Stopped> {
  const goods = await office.goods(name);
  const holding = hold(apart.between, goods, moment);
  const order = await office.order(goods);
  return { goods, order, end: 'confirmed', held: await holding };
}

async function cancelAndStop(
  { apart, office }: HubUnderTest,
  { goods, order }: Victim,
  hold: HoldStep,
  moment: Moment,
): Promise<Stopped> {
  const holding = hold(apart.between, goods, moment);
  await office.cancel(order.orderId);
  return { goods, order, end: 'givenBack', held: await holding };
}

/** The process dies before the customer hears that there is an order; the same request is sent again. */
async function placeUnheard({ apart, office }: HubUnderTest, name: string, moment: Moment) {
  const goods = await office.goods(name);
  const key = uuidv7();
  const holding = holdPlacing(apart.between, goods, moment);
  const answer = office.order(goods, key).then(
    () => 'answered',
    () => 'not answered',
  );
  return {
    held: await holding,
    async again(): Promise<Victim> {
      expect(await answer).toBe('not answered');
      return { goods, order: await office.order(goods, key), end: 'confirmed' };
    },
  };
}

async function confirm(hub: HubUnderTest, name: string): Promise<Victim> {
  const goods = await hub.office.goods(name);
  const victim: Victim = { goods, order: await hub.office.order(goods), end: 'confirmed' };
  await comesToItsEnd(hub, victim);
  return victim;
}

/** Waits until everybody's books of an order are as they should be in the end. */
export async function comesToItsEnd(
  { office }: HubUnderTest,
  { goods, order, end }: Victim,
  withinMs = ENDS_WITHIN_MS,
): Promise<void> {
  await expect
    .poll(() => office.books(goods, order), { timeout: withinMs, interval: 250 })
    .toEqual(ENDS[end](goods));
}
