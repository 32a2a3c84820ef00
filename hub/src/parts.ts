import type { HubConfig } from './config/config.ts';
import { wrongSettings } from './config/read-config.ts';
import { feedConsumer } from './feed/project-events.ts';
import { INTAKE_CALLS } from './intake/intake-clients.ts';
import type { PortName, Service, ServiceClients } from './kernel/service.ts';
import { SERVICES } from './services/registry.ts';

/** The shops' way in and out: intake and feed. It runs like a service, beside all or apart. */
export const SYNC = 'sync';

/** What one process runs, and what it has to have for it. */
export interface Parts {
  services: readonly Service[];
  sync: boolean;
  /** Whether it runs everything. */
  whole: boolean;
  needs: ReadonlySet<PortName>;
  /** Services in other processes that this one calls. */
  calls: readonly (keyof ServiceClients)[];
  /** Consumers of events that other processes run. */
  otherConsumers: Service['consumes'];
}

type PartsConfig = Pick<HubConfig, 'services' | 'serviceAddresses' | 'amqpUrl' | 'databaseUrl'>;

/** Throws REQUEST_INVALID naming the setting that does not go with the others. */
export function chooseParts(config: PartsConfig): Parts {
  const known = [...SERVICES.map(({ name }) => name), SYNC];
  const names = config.services ?? known;
  const strange = names.filter((name) => !known.includes(name));
  const refuse = (name: keyof PartsConfig, message: string) => wrongSettings([{ name, message }]);
  if (strange.length > 0) {
    throw refuse('services', `there is no ${strange.join(', ')}; there are ${known.join(', ')}`);
  }
  const services = SERVICES.filter(({ name }) => names.includes(name));
  const sync = names.includes(SYNC);
  const whole = known.every((name) => names.includes(name));
  if (!whole && !config.amqpUrl)
    throw refuse('amqpUrl', 'services that run apart need a broker for their events');
  if (!whole && !config.databaseUrl) {
    throw refuse(
      'databaseUrl',
      'services that run apart need a database that they share, for their dead letters',
    );
  }
  const called = [...services.flatMap(({ calls }) => calls), ...(sync ? INTAKE_CALLS : [])];
  const calls = [...new Set(called)].filter((name) => !names.includes(name));
  const lost = calls.filter((name) => !(name in config.serviceAddresses));
  if (lost.length > 0) throw refuse('serviceAddresses', `the address of ${lost.join(', ')} is missing`);
  const needs = new Set<PortName>(['sql', 'bus', 'cache', ...services.flatMap((service) => service.needs)]);
  const others = SERVICES.filter(({ name }) => !names.includes(name)).flatMap(({ consumes }) => consumes);
  const otherConsumers = sync ? others : [...others, feedConsumer];
  return { services, sync, whole, needs, calls, otherConsumers };
}
