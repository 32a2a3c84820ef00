import { OrderServiceDefinition } from '@butik/proto/gen/butik/order/v1/order';
import { startOutboxRelay } from '../../kernel/outbox/start-outbox-relay.ts';
import type { Service } from '../../kernel/service.ts';
import type { OrderContext, SagaContext } from './order-context.ts';
import { orderRoutes } from './routes.ts';
import { orderHandlers } from './rpc.ts';
import { createSagaMetrics } from './saga/saga-metrics.ts';
import { createSagaRunner } from './saga/saga-runner.ts';
import { SWEEP, sweepSagas } from './saga/sweep-sagas.ts';
import { PAYMENT_EVENTS, wakeByPayment } from './saga/wake-by-payment.ts';
import { orderSchema } from './schema.ts';

/** What was sold in every shop, and what is ordered at the hub. */
export const orderService: Service = {
  name: 'order',
  needs: ['documents', 'bus', 'jobs'],
  calls: ['product', 'shop', 'inventory', 'payment'],
  consumes: [{ consumer: 'order', types: PAYMENT_EVENTS }],
  async start(kernel, clients) {
    const table = await kernel.documents.openTable({ name: 'orders', schema: orderSchema });
    const relay = startOutboxRelay({ table, bus: kernel.bus, logger: kernel.logger });
    const metrics = createSagaMetrics(kernel.metrics, { table, now: () => kernel.clock.now() });
    const forSagas: SagaContext = { table, kernel, clients, metrics, wake: relay.wake };
    const sagas = createSagaRunner(forSagas);
    const context: OrderContext = { ...forSagas, sagas };
    await kernel.jobs.schedule(SWEEP.name, SWEEP, () => sweepSagas(context, sagas));
    return {
      rpc: { definition: OrderServiceDefinition, handlers: orderHandlers(context) },
      routes: orderRoutes(context),
      subscriptions: [wakeByPayment(context, sagas)],
      backlog: relay.backlog,
      async idle() {
        await sagas.idle();
        await relay.idle();
      },
      async close() {
        await sagas.close();
        await relay.close();
      },
    };
  },
};
