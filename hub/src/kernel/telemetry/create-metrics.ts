import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/**
 * The metrics of one process: memory, CPU, event loop and garbage collection from the start; the parts of the hub
 * register their own. Every metric has the label `service`: the services of the process, or `hub` for all of them.
 * Which process it was says Prometheus, by its label `instance`.
 */
export function createMetrics({ service, version }: { service: string; version: string }): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'butik_build_info',
    help: 'Always 1; the version that runs is a label.',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version }, 1);
  return registry;
}
