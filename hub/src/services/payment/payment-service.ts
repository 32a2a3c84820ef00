import { PaymentServiceDefinition } from '@butik/proto/gen/butik/payment/v1/payment';
import { sqlOutbox } from '../../kernel/outbox/sql-outbox.ts';
import { startOutboxRelay } from '../../kernel/outbox/start-outbox-relay.ts';
import { createGuard } from '../../kernel/resilience/create-guard.ts';
import type { Guard } from '../../kernel/resilience/guard.ts';
import type { Service } from '../../kernel/service.ts';
import { migrate } from '../../kernel/sql/migrate.ts';
import { paymentMetrics, reviewMetrics } from '../../kernel/telemetry/payment-metrics.ts';
import { countInReview, countOpen } from './count-open.ts';
import { createGateways } from './gateways/registry.ts';
import { paymentHandlers } from './handlers.ts';
import { paymentMigrations, SCHEMA } from './migrations.ts';
import { createBackground, type PaymentContext } from './payment-context.ts';
import { paymentRoutes } from './routes.ts';
import { settleJob } from './settling/settle-job.ts';
import { settlePayment } from './settling/settle-payment.ts';
import { settleRefund } from './settling/settle-refund.ts';
import { sweep } from './settling/sweep.ts';

const SWEEP = { everyMs: 10_000, timeoutMs: 60_000 };
const PARALLEL_JOBS = 8;

/** A look-up whose answer is lost leaves time for another one; a request that moves money is tried once. */
const GATEWAY_LIMITS = { timeoutMs: 8_000, attemptTimeoutMs: 5_000 };

/** Moves money through gateways, once. */
export const paymentService = createPaymentService();

/** `guardOf` stands between the service and each gateway; tests bring their own. */
export function createPaymentService(overrides: { guardOf?: (name: string) => Guard } = {}): Service {
  return {
    name: 'payment',
    needs: ['sql', 'bus', 'jobs'],
    calls: [],
    consumes: [],
    async start(kernel) {
      const { sql, bus, logger, jobs, metrics, clock } = kernel;
      await migrate(sql, SCHEMA, paymentMigrations);
      const relay = startOutboxRelay({ outbox: sqlOutbox(sql, SCHEMA), bus, logger });
      const background = createBackground(logger);
      const gateways = createGateways(kernel.config, {
        logger,
        guard:
          overrides.guardOf ?? ((name) => createGuard({ name, metrics, logger, clock, ...GATEWAY_LIMITS })),
      });
      const context: PaymentContext = { kernel, gateways, wake: relay.wake, background };
      paymentMetrics({ metrics, clock, read: () => countOpen(sql) });
      reviewMetrics({ metrics, read: () => countInReview(sql) });
      await jobs.work(
        settleJob,
        async ({ paymentId, refundId }) => {
          if (refundId === undefined) await settlePayment(context, paymentId);
          else await settleRefund(context, refundId);
        },
        { parallel: PARALLEL_JOBS },
      );
      await jobs.schedule('payment.sweep', SWEEP, (signal) => sweep(context, signal));
      return {
        rpc: { definition: PaymentServiceDefinition, handlers: paymentHandlers(context) },
        routes: async (fastify) => {
          // A hub closes its HTTP before its jobs: a gateway that does not answer holds no job up then.
          fastify.addHook('onClose', async () => background.stop());
          await fastify.register(paymentRoutes(context));
        },
        subscriptions: [],
        backlog: relay.backlog,
        async idle() {
          await background.idle();
          await relay.idle();
        },
        async close() {
          await background.close();
          await relay.close();
        },
      };
    },
  };
}
