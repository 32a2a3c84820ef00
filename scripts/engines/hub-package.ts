import { createRequire } from 'node:module';
import { join } from 'node:path';

const hubRequire = createRequire(join(import.meta.dirname, '../../hub/package.json'));

/** A package as the hub has it: the engines are asked through the clients that the hub talks to them with. */
export function hubPackage<T>(name: string): T {
  return hubRequire(name) as T;
}
