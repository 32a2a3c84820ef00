import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export type Outcome =
  | 'ok'
  | 'error' // The remote answered, with an error that says something of the request.
  | 'unavailable'
  | 'timeout'
  | 'unexpected'
  | 'cancelled'
  | 'circuit_open'
  | 'bulkhead_full';

/** What the guard of one remote counts. */
export interface GuardMetrics {
  called(outcome: Outcome, seconds: number): void;
  retried(): void;
  /** A retry that the budget did not allow. */
  retryDenied(): void;
  circuit(state: 'closed' | 'open' | 'half-open'): void;
  bulkhead(inUse: number, queued: number): void;
}

const CIRCUIT = { closed: 0, open: 1, 'half-open': 2 } as const;
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The metrics of `remote` in the registry, which all guards of the process share. */
export function guardMetrics(registry: Registry, remote: string): GuardMetrics {
  const counter = (name: string, help: string, labelNames: string[]) =>
    (registry.getSingleMetric(name) as Counter | undefined) ??
    new Counter({ name, help, labelNames, registers: [registry] });
  const gauge = (name: string, help: string) =>
    (registry.getSingleMetric(name) as Gauge | undefined) ??
    new Gauge({ name, help, labelNames: ['remote'], registers: [registry] });

  const calls = counter('butik_remote_calls_total', 'Calls to remote systems, retries not counted', [
    'remote',
    'outcome',
  ]);
  const retries = counter('butik_remote_retries_total', 'Attempts after the first', ['remote']);
  const denied = counter('butik_remote_retries_denied_total', 'Retries that the retry budget did not allow', [
    'remote',
  ]);
  const circuit = gauge('butik_remote_circuit_state', 'Circuit breaker: 0 closed, 1 open, 2 half open');
  const inUse = gauge('butik_remote_bulkhead_in_use', 'Calls under way');
  const queued = gauge('butik_remote_bulkhead_queued', 'Calls that wait for others to end');
  const histogramName = 'butik_remote_call_seconds';
  const seconds =
    (registry.getSingleMetric(histogramName) as Histogram | undefined) ??
    new Histogram({
      name: histogramName,
      help: 'Time of calls to remote systems, with their retries and waiting',
      labelNames: ['remote', 'outcome'],
      buckets: SECONDS,
      registers: [registry],
    });
  retries.inc({ remote }, 0);
  denied.inc({ remote }, 0);
  circuit.set({ remote }, CIRCUIT.closed);

  return {
    called(outcome, duration) {
      calls.inc({ remote, outcome });
      seconds.observe({ remote, outcome }, duration);
    },
    retried: () => retries.inc({ remote }),
    retryDenied: () => denied.inc({ remote }),
    circuit: (state) => circuit.set({ remote }, CIRCUIT[state]),
    bulkhead(active, waiting) {
      inUse.set({ remote }, active);
      queued.set({ remote }, waiting);
    },
  };
}
