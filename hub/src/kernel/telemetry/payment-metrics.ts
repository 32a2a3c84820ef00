import type { Registry } from 'prom-client';
import type { Clock } from '../clock.ts';
import { gaugesOnScrape } from './gauges-on-scrape.ts';

/** Transfers of one gateway whose outcome is not known yet. */
export interface OpenTransfers {
  gateway: string;
  kind: 'payment' | 'refund';
  open: number;
  /** Epoch milliseconds at which the oldest was made; null when there is none. */
  oldestAtMs: number | null;
}

/** Payments and refunds that are open, and for how long: money of which nobody knows where it is. */
export function paymentMetrics(options: {
  metrics: Registry;
  clock: Clock;
  /** From the payment service's own tables. */
  read(): Promise<readonly OpenTransfers[]>;
}): void {
  const { metrics, clock } = options;
  const labelNames = ['gateway', 'kind'];
  gaugesOnScrape({
    metrics,
    part: 'payments',
    gauges: {
      butik_payments_open: { help: 'Payments and refunds whose outcome is not known yet.', labelNames },
      butik_payments_open_oldest_seconds: { help: 'Age of the oldest of them; 0 without any.', labelNames },
    },
    async read() {
      const transfers = await options.read();
      const nowMs = clock.now();
      const labelsOf = ({ gateway, kind }: OpenTransfers) => ({ gateway, kind });
      return {
        butik_payments_open: transfers.map((each) => ({ labels: labelsOf(each), value: each.open })),
        butik_payments_open_oldest_seconds: transfers.map((each) => ({
          labels: labelsOf(each),
          value: each.oldestAtMs === null ? 0 : Math.max(nowMs - each.oldestAtMs, 0) / 1000,
        })),
      };
    },
  });
}

/** Payments and refunds that wait for people. */
export interface Reviews {
  /** `REFUND_DECLINED`, … */
  reason: string;
  waiting: number;
}

/** What only people can clear up, by reason. */
export function reviewMetrics({
  metrics,
  read,
}: {
  metrics: Registry;
  /** From the payment service's own tables. */
  read(): Promise<readonly Reviews[]>;
}): void {
  gaugesOnScrape({
    metrics,
    part: 'payment reviews',
    gauges: {
      butik_payments_in_review: {
        help: 'Payments and refunds that wait for people, by reason.',
        labelNames: ['reason'],
      },
    },
    read: async () => ({
      butik_payments_in_review: (await read()).map(({ reason, waiting }) => ({
        labels: { reason },
        value: waiting,
      })),
    }),
  });
}
