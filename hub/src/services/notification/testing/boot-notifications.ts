import { ButikError } from '@butik/proto/errors/butik-error';
import { createEvent, type EventDefinition } from '@butik/proto/events/cloud-event';
import { type GetOrderResponse, OrderServiceDefinition } from '@butik/proto/gen/butik/order/v1/order';
import { createInProcessClient } from '@butik/proto/rpc/in-process-client';
import type { Documents } from '../../../kernel/documents/documents.ts';
import type { KeptMessage } from '../../../kernel/messages/mailbox/open-mailbox.ts';
import type { Messages } from '../../../kernel/messages/messages.ts';
import type { Kernel } from '../../../kernel/service.ts';
import { type Booted, bootServices } from '../../../testing/boot-services.ts';
import { notificationService } from '../notification-service.ts';

export interface Notifications extends Booted {
  /** What the order service answers; an error is thrown. Tests set it. */
  orders: { id: string; answer: Partial<GetOrderResponse> | ButikError; asked: number };
  /** While it is set, carriers throw it. */
  carrier: { fault: ButikError | undefined };
  /** Names of jobs that cannot be kept. */
  lostJobs: Set<string>;
  /** Goes on with an order that nobody was told of yet, and with all engines there. */
  beginOrder(answer: Partial<GetOrderResponse>): Promise<void>;
  /** Publishes an event about the order that `orders` has, and waits until everything that follows is done. */
  tell(event: EventDefinition, options?: { eventId?: string; traceparent?: string }): Promise<string>;
  /** Runs what the service does now and then. */
  sweep(): Promise<void>;
  /** Messages that were handed over since the order began, the first one first. */
  sent(): Promise<KeptMessage[]>;
}

const SHOP_ID = '0199f000-0000-7000-8000-0000000000b1';

export async function bootNotifications(given: { documents?: Documents } = {}): Promise<Notifications> {
  const orders: Notifications['orders'] = { id: '', answer: {}, asked: 0 };
  const carrier: Notifications['carrier'] = { fault: undefined };
  const lostJobs = new Set<string>();
  let sweep = async (): Promise<void> => undefined;
  const order = createInProcessClient(OrderServiceDefinition, {
    async getOrder({ orderId }) {
      orders.asked++;
      if (orders.answer instanceof ButikError) throw orders.answer;
      return { orderId, shopId: SHOP_ID, kind: 'online', currency: 'SEK', ...orders.answer };
    },
    recordSale: async () => Promise.reject(new ButikError('ROUTE_NOT_FOUND')),
  });

  const hub = await bootServices(
    [
      {
        ...notificationService,
        async start(kernel, clients) {
          const { documents, bus } = kernel;
          const faulty = { ...kernel, documents, bus, ...faultyPorts(kernel) };
          return await notificationService.start(faulty, clients);
        },
      },
    ],
    { ...given, clients: { order } },
  );

  function faultyPorts({ jobs, messages }: Kernel): Pick<Kernel, 'jobs' | 'messages'> {
    const unlessFaulty =
      <Message>(
        send: (message: Message, options?: { signal?: AbortSignal }) => ReturnType<Messages['sendSms']>,
      ) =>
      async (message: Message, options?: { signal?: AbortSignal }) => {
        if (carrier.fault) throw carrier.fault;
        return await send(message, options);
      };
    return {
      messages: {
        sendMail: unlessFaulty(messages.sendMail),
        sendSms: unlessFaulty(messages.sendSms),
        sendPush: unlessFaulty(messages.sendPush),
        close: messages.close,
      },
      jobs: {
        ...jobs,
        async enqueue(job, ...rest) {
          if (lostJobs.has(job.name))
            throw new ButikError('SERVICE_UNAVAILABLE', { details: { part: 'jobs' } });
          await jobs.enqueue(job, ...rest);
        },
        async schedule(_name, _timing, handle) {
          sweep = async () => await handle(new AbortController().signal);
        },
      },
    };
  }

  const handedOver = async () => (await hub.mailbox.list({ limit: 200 })).toReversed();
  let before = 0;

  return {
    ...hub,
    orders,
    carrier,
    lostJobs,
    async beginOrder(answer) {
      Object.assign(orders, { id: hub.kernel.newId(), answer, asked: 0 });
      carrier.fault = undefined;
      lostJobs.clear();
      before = (await handedOver()).length;
    },
    async tell(event, { eventId = hub.kernel.newId(), traceparent } = {}) {
      await hub.kernel.bus.publish(
        createEvent(event, {
          id: eventId,
          source: 'butik/hub/order',
          subject: orders.id,
          time: new Date(hub.clock.nowMs).toISOString(),
          ...(traceparent !== undefined && { traceparent }),
          data: dataOf(event, orders.id),
        }),
      );
      await hub.idle();
      return eventId;
    },
    sweep: async () => {
      await sweep();
      await hub.idle();
    },
    sent: async () => (await handedOver()).slice(before),
  };
}

function dataOf({ type }: EventDefinition, orderId: string): object {
  const order = { orderId, shopId: SHOP_ID };
  if (type === 'OrderCancelled') return { ...order, reason: 'regretted' };
  if (type === 'PaymentProcessed') {
    return { ...order, paymentId: orderId, amountMinor: 4_500, currency: 'SEK', method: 'swish' };
  }
  return { ...order, kind: 'online', businessDay: '2026-11-22', currency: 'SEK', totalMinor: 4_500 };
}
