import { expect, test } from 'vitest';
import { callHub } from '../../hub/cli/hub-client.ts';
import { comesToItsEnd, type HubUnderTest } from './kill-stories.ts';
import { holdPlacing } from './saga-steps.ts';

/** What happens when a line breaks, and when a process is asked to end. */
export function lineStories(hubUnderTest: () => HubUnderTest): void {
  test('while RabbitMQ is away orders are confirmed; the customer is told once it is back', async () => {
    const hub = hubUnderTest();
    const { apart, office } = hub;
    const goods = await office.goods('a cut line');
    apart.between.allAndBroker.cut();
    const order = await office.order(goods);
    await expect
      .poll(async () => (await office.read(order.orderId)).status, { timeout: 30_000 })
      .toBe('confirmed');
    expect((await office.books(goods, order)).mails).toEqual([]);
    apart.between.allAndBroker.heal();
    await comesToItsEnd(hub, { goods, order, end: 'confirmed' });
  });

  test('on SIGTERM a process says that it drains, and answers the order that is under way', async () => {
    const hub = hubUnderTest();
    const { apart, office } = hub;
    const { process, address } = apart.parts.order;
    const goods = await office.goods('a drained order');
    const holding = holdPlacing(apart.between, goods, 'before');
    const answer = office.order(goods);
    const { letGo } = await holding;
    const ended = process.stop();
    await expect.poll(() => readiness(address.hub)).toBe('draining');
    letGo();
    const order = await answer;
    await ended;
    await process.start();
    expect((await callHub<{ status: string }>(address, 'GET', '/readyz')).status).toBe('ready');
    await comesToItsEnd(hub, { goods, order, end: 'confirmed' });
  });
}

async function readiness(url: string): Promise<string> {
  const answer = await fetch(`${url}/readyz`);
  return ((await answer.json()) as { status: string }).status;
}
