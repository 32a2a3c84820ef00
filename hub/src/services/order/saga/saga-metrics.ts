import { Counter, Histogram, type Registry } from 'prom-client';
import { gaugesOnScrape } from '../../../kernel/telemetry/gauges-on-scrape.ts';
import type { OrderTable } from '../order-context.ts';
import { type Saga, SHARDS } from './saga.ts';
import { STEPS } from './steps/steps.ts';

/** A step that takes longer than this needs people. */
export const STUCK_AFTER_MS = 15 * 60_000;
/** How many open sagas of a shard are looked at for the gauges; with more of them the gauges show this many. */
const MAX_COUNTED = 250;

export interface SagaMetrics {
  /** One try of a step: how it ended and how long its call took. */
  took(step: string, outcome: string, seconds: number): void;
}

/** The saga's metrics on this process's registry. Open sagas are read from the table when somebody scrapes. */
export function createSagaMetrics(
  metrics: Registry,
  { table, now }: { table: OrderTable; now(): number },
): SagaMetrics {
  const steps = new Counter({
    name: 'butik_saga_steps_total',
    help: 'Tries of a step of an order’s saga, by how they ended.',
    labelNames: ['step', 'outcome'],
    registers: [metrics],
  });
  const seconds = new Histogram({
    name: 'butik_saga_step_seconds',
    help: 'How long the remote call of a step took.',
    labelNames: ['step'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [metrics],
  });
  const most = MAX_COUNTED * SHARDS.length;
  const labelNames = ['state'];
  gaugesOnScrape({
    metrics,
    part: 'sagas',
    gauges: {
      butik_sagas_open: { help: `Open sagas of all processes; at most ${most} are counted.`, labelNames },
      butik_sagas_stuck: { help: 'Those that have been in one step for more than 15 minutes.', labelNames },
    },
    async read() {
      const open = await readOpen(table);
      return {
        butik_sagas_open: countByState(open),
        butik_sagas_stuck: countByState(open.filter(({ since }) => now() - since > STUCK_AFTER_MS)),
      };
    },
  });
  return {
    took(step, outcome, duration) {
      steps.inc({ step, outcome });
      seconds.observe({ step }, duration);
    },
  };
}

type OpenSaga = Pick<Saga, 'state' | 'since'>;

function countByState(sagas: readonly OpenSaga[]) {
  return Object.keys(STEPS).map((state) => ({
    labels: { state },
    value: sagas.filter((saga) => saga.state === state).length,
  }));
}

async function readOpen(table: OrderTable): Promise<OpenSaga[]> {
  const shards = await Promise.all(
    SHARDS.map((shard) =>
      table
        .getModel('Saga')
        .find({ shard }, { index: 'gs1', limit: MAX_COUNTED, maxPages: 1, fields: ['state', 'since'] }),
    ),
  );
  return shards.flat();
}
