import type { Kernel, PortName, Ports, Service } from './kernel/service.ts';

const PORT_NAMES = ['documents', 'sql', 'bus', 'cache', 'jobs', 'search', 'objects', 'messages'] as const;

/**
 * What one service is given. A port that it does not say it needs throws when it is used, so that what is missing
 * in its list shows at once, not only where it runs apart.
 */
export function kernelFor(
  service: Pick<Service, 'name' | 'needs'>,
  ports: Ports,
  base: Omit<Kernel, PortName>,
): Kernel {
  const kernel = { ...base } as Kernel;
  for (const name of PORT_NAMES) {
    Object.defineProperty(kernel, name, {
      enumerable: false,
      get() {
        if (!service.needs.includes(name)) {
          throw new Error(`the service ${service.name} does not say that it needs ${name}`);
        }
        return ports[name];
      },
    });
  }
  return kernel;
}
