import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { callHubWithJson } from '../../hub/cli/hub-client.ts';
import { engineAddresses } from './engines.ts';
import { type ENDS, type Goods, type HeadOffice, openHeadOffice, TO_PAY } from './head-office.ts';
import { comesToItsEnd, killStories } from './kill-stories.ts';
import { lineStories } from './line-stories.ts';
import { type Apart, startApart } from './start-apart.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const addresses = engineAddresses(process.env);

if (addresses) {
  describe('services as processes of their own', () => {
    let apart: Apart;
    let office: HeadOffice;
    const hub = () => ({ apart, office });
    beforeAll(async () => {
      apart = await startApart(addresses);
      office = await openHeadOffice(apart);
    });
    afterAll(() => apart?.close());

    const ends = (goods: Goods, order: { orderId: string }, end: keyof typeof ENDS) =>
      comesToItsEnd(hub(), { goods, order, end });

    test('an order is reserved, paid, confirmed and told of; the bank’s books and ours agree', async () => {
      const goods = await office.goods('a good order');
      const order = await office.order(goods);
      expect(order).toMatchObject({ status: 'pending', payableMinor: TO_PAY });
      await ends(goods, order, 'confirmed');
      const { paymentReference } = apart.bank.find(order.paymentId!)!;
      const items = [{ transactionId: paymentReference, amountMinor: TO_PAY, currency: 'SEK' }];
      const { address } = apart.parts.payment;
      const day = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };
      expect(
        await callHubWithJson(address, 'POST', '/v1/payments/reconcile', { items, ...day }),
      ).toMatchObject({ matched: 1, missing: [], unknown: [], notPaid: [], repeated: [], wrongAmount: [] });
    });

    test('goods that may not be sold online are not charged', async () => {
      const goods = await office.goods('nothing left', 1);
      const order = await office.order(goods);
      await ends(goods, order, 'cancelled');
      expect((await office.read(order.orderId)).cancelReason).toBe('STOCK_NOT_RESERVABLE');
      expect(apart.bank.find(order.paymentId!)).toBeUndefined();
    });

    test('a customer who declines gets nothing, and the goods are free again', async () => {
      const goods = await office.goods('a change of mind');
      apart.bank.behave({ kind: 'decline' });
      await ends(goods, await office.order(goods), 'cancelled');
    });

    test('an order that nobody pays is cancelled by head office', async () => {
      const goods = await office.goods('a forgotten order');
      apart.bank.behave({ kind: 'late' });
      const order = await office.order(goods);
      await expect.poll(() => apart.bank.find(order.paymentId!)?.status, { timeout: 30_000 }).toBe('CREATED');
      await office.cancel(order.orderId);
      await ends(goods, order, 'cancelled');
      expect(apart.bank.find(order.paymentId!)?.status).toBe('CANCELLED');
    });

    test('an order that is cancelled after it was confirmed is paid back', async () => {
      const goods = await office.goods('a late regret');
      const order = await office.order(goods);
      await ends(goods, order, 'confirmed');
      await office.cancel(order.orderId);
      await ends(goods, order, 'givenBack');
    });

    killStories(hub);
    lineStories(hub);
  });
} else {
  describe('services as processes of their own', () => {
    test.skip('left out: BUTIK_TEST_POSTGRES, _RABBITMQ, _REDIS or _DYNAMODB has no address');
  });
}
