import type { Kernel } from '../../kernel/service.ts';
import type { Gateways } from './gateways/registry.ts';

/** What the operations of this service work with. */
export interface PaymentContext {
  kernel: Pick<Kernel, 'sql' | 'jobs' | 'clock' | 'newId' | 'logger'>;
  gateways: Gateways;
  /** Tells the outbox relay that there is something to publish. */
  wake(): void;
  /** Work that goes on after its caller was answered. */
  background: Background;
}

export interface Background {
  /** Aborted when the process closes: calls to gateways end, and what they were about is looked up later. */
  closing: AbortSignal;
  /** Runs it to its end, whoever waits for it; what it throws is logged. Resolves with whether it went well. */
  run(work: () => Promise<void>): Promise<boolean>;
}

/** `stop` aborts the calls to gateways, `idle` resolves when nothing of it runs, `close` does both. */
export function createBackground(
  logger: Pick<Kernel['logger'], 'error'>,
): Background & { stop(): void; idle(): Promise<void>; close(): Promise<void> } {
  const closing = new AbortController();
  const running = new Set<Promise<boolean>>();

  async function idle(): Promise<void> {
    while (running.size > 0) await Promise.all(running);
  }

  return {
    closing: closing.signal,
    run(work) {
      const ended = work()
        .then(
          () => true,
          (err: unknown) => {
            logger.error({ err }, 'payment: work in the background failed; the sweep takes it up again');
            return false;
          },
        )
        .finally(() => running.delete(ended));
      running.add(ended);
      return ended;
    },
    stop: () => closing.abort(),
    idle,
    async close() {
      closing.abort();
      await idle();
    },
  };
}
