import type { Closing } from './closing.ts';
import type { ConnectedClients } from './connect-clients.ts';
import type { Bus, Subscription } from './kernel/bus/bus.ts';
import type { Kernel, Service, ServiceInstance } from './kernel/service.ts';

export interface NamedInstance extends ServiceInstance {
  name: string;
}

/**
 * Starts the services one after the other, makes each callable and subscribes it to its events. They end in the
 * opposite order.
 */
export async function startServices(
  services: readonly Service[],
  context: { kernelOf(service: Service): Kernel; clients: ConnectedClients; bus: Bus; closing: Closing },
): Promise<NamedInstance[]> {
  const instances: NamedInstance[] = [];
  for (const service of services) {
    const clients = context.clients.of(`service:${service.name}`);
    const instance = await service.start(context.kernelOf(service), clients);
    context.closing.add(() => instance.close());
    if (instance.rpc) context.clients.attach(service.name, instance.rpc);
    for (const subscription of instance.subscriptions) {
      assertDeclared(service, subscription);
      await context.bus.subscribe(subscription);
    }
    instances.push({ name: service.name, ...instance });
  }
  return instances;
}

/** A broker keeps events only for consumers that every process knows of. */
function assertDeclared({ name, consumes }: Service, { consumer, types }: Subscription): void {
  const declared = consumes.find((one) => one.consumer === consumer);
  const missing = types.filter((type) => !declared?.types.includes(type));
  if (missing.length > 0)
    throw new Error(`the service ${name} does not say that ${consumer} takes ${missing}`);
}
