import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Payment,
  PaymentServiceDefinition,
  type ProcessPaymentRequest,
  type Refund,
  type RefundPaymentRequest,
} from '@butik/proto/gen/butik/payment/v1/payment';
import type { RpcClient, RpcHandlers } from '@butik/proto/rpc/rpc';
import { sql as template } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import type { Guard } from '../../../kernel/resilience/guard.ts';
import type { ServiceInstance } from '../../../kernel/service.ts';
import type { Sql } from '../../../kernel/sql/sql.ts';
import { type Booted, bootServices } from '../../../testing/boot-services.ts';
import type { SwishSimulator } from '../gateways/swish/simulator/start-swish-simulator.ts';
import { createPaymentService } from '../payment-service.ts';
import { createHandDrivenJobs } from './hand-driven-jobs.ts';

/** One process with the payment service, on a store and a bank that may be shared with another one. */
export interface PaymentDesk {
  hub: Booted;
  payments: RpcClient<PaymentServiceDefinition>;
  /** These three ask and wait for nothing: what is begun goes on until `settled`. */
  begin(request: ProcessPaymentRequest): Promise<void>;
  cancel(request: ProcessPaymentRequest): Promise<Payment>;
  refund(request: RefundPaymentRequest): Promise<Refund>;
  /** Resolves when nothing runs any more in this process or at the bank. */
  settled(): Promise<void>;
  /** Lets time go by: what is due by then runs. */
  pass(ms: number): Promise<void>;
  /** As `pass`, but all jobs were lost: only the sweep works. */
  passWithoutJobs(ms: number): Promise<void>;
  status(request: { paymentId: string }): Promise<string>;
  /** What our books say of an account or of a payment, minor units. */
  booked(account: string): Promise<number>;
  net(paymentId: string): Promise<number>;
  /** The states of which events were published, in order. */
  told(paymentId: string): Promise<string[]>;
  close(): Promise<void>;
}

export async function openPaymentDesk(options: {
  sql: Sql;
  bank: SwishSimulator;
  /** Without it every call goes through: a circuit that opens would make tests wait for it. */
  guardOf?: (name: string) => Guard;
}): Promise<PaymentDesk> {
  const { sql, bank } = options;
  const front = createServer((request, response) => void hub.http.server.emit('request', request, response));
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const publicUrl = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  const jobs = createHandDrivenJobs(() => hub.clock.nowMs);
  const service = createPaymentService({ guardOf: options.guardOf ?? (() => passThrough) });
  let instance: ServiceInstance | undefined;
  const hub: Booted = await bootServices(
    [
      {
        ...service,
        start: async (kernel, clients) => (instance = await service.start(kernel, clients)),
      },
    ],
    { sql, jobs, config: { swishUrl: bank.url, publicUrl } },
  );
  const handlers = instance?.rpc?.handlers as unknown as RpcHandlers<PaymentServiceDefinition>;
  const hurried = () => ({ caller: 'service:order', signal: new AbortController().signal, deadlineMs: 0 });

  async function settled(): Promise<void> {
    // The bank calls back while we work, and we look up what it says.
    await hub.idle();
    await bank.idle();
    await hub.idle();
  }

  return {
    hub,
    payments: hub.client(PaymentServiceDefinition),
    async begin(request) {
      await handlers.processPayment(request, hurried());
    },
    async cancel({ paymentId, orderId }) {
      return (await handlers.cancelPayment({ paymentId, orderId, reason: 'gave up' }, hurried())) as Payment;
    },
    async refund(request) {
      return (await handlers.refundPayment(request, hurried())) as Refund;
    },
    settled,
    async pass(ms) {
      hub.clock.nowMs += ms;
      await jobs.run(hub.clock.nowMs);
      await settled();
    },
    async passWithoutJobs(ms) {
      hub.clock.nowMs += ms;
      await jobs.runSchedules();
      await settled();
    },
    async status({ paymentId }) {
      return (await hub.client(PaymentServiceDefinition).getPayment({ paymentId })).status;
    },
    async booked(account) {
      const [row] = await sql.rows<{ sum: number }>(template`
        SELECT coalesce(sum(amount_minor), 0)::bigint AS sum FROM payment.ledger_entries
        WHERE account = ${account}`);
      return row!.sum;
    },
    async net(paymentId) {
      const [row] = await sql.rows<{ sum: number }>(template`
        SELECT coalesce(sum(entry.amount_minor), 0)::bigint AS sum FROM payment.ledger_entries AS entry
        JOIN payment.payment_transactions AS moved ON moved.id = entry.transaction_id
        WHERE moved.payment_id = ${paymentId} AND entry.account LIKE 'gateway:%'`);
      return row!.sum;
    },
    async told(paymentId) {
      await hub.idle();
      return hub.events.filter(({ subject }) => subject === paymentId).map(({ type }) => type);
    },
    async close() {
      await hub.close();
      front.closeAllConnections();
      await new Promise((resolve) => front.close(resolve));
    },
  };
}

const passThrough: Guard = {
  run: (call, { signal = new AbortController().signal } = {}) => call(signal),
};

/** A request to pay; its message chooses how the bank behaves. */
export function paymentOf(changes: Partial<ProcessPaymentRequest> = {}): ProcessPaymentRequest {
  return {
    paymentId: uuidv7(),
    orderId: uuidv7(),
    shopId: uuidv7(),
    userId: '',
    amountMinor: 1_990,
    currency: 'SEK',
    method: 'swish',
    payer: '46701234567',
    message: 'Mjolk',
    ...changes,
  };
}
