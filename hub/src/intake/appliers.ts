import type { FactDefinition } from '@butik/proto/facts/define-fact';
import { saleRecorded } from '@butik/proto/facts/sale-recorded';
import { stockMoved } from '@butik/proto/facts/stock-moved';
import { readsVersion } from '@butik/proto/facts/upcast-fact';
import type { ShopFact } from '@butik/proto/gen/butik/sync/v1/fact';
import type { CallOptions } from '@butik/proto/rpc/rpc';
import type { IntakeClients } from './intake-clients.ts';

/** Hands one fact to the service that owns its effect. Idempotent by fact id; throws ButikError. */
export type Applier = (clients: IntakeClients, fact: ShopFact, options: CallOptions) => Promise<unknown>;

/** Who applies which fact. A new type of fact adds its line here. */
const APPLIERS: Readonly<
  Record<string, { definition: FactDefinition; service: keyof IntakeClients; apply: Applier }>
> = {
  [saleRecorded.type]: {
    definition: saleRecorded,
    service: 'order',
    apply: (clients, fact, options) => clients.order.recordSale({ fact }, options),
  },
  [stockMoved.type]: {
    definition: stockMoved,
    service: 'inventory',
    apply: (clients, fact, options) => clients.inventory.recordMovements({ fact }, options),
  },
};

/** Undefined for a type or version that this hub does not know: `readFact` goes by the same rule. */
export function applierFor(type: string, version: number): Applier | undefined {
  if (!Object.hasOwn(APPLIERS, type)) return undefined;
  const { definition, apply } = APPLIERS[type]!;
  return readsVersion(definition, version) ? apply : undefined;
}

/** Which service takes facts of this type; null when this hub does not know it. */
export function serviceFor(type: string): keyof IntakeClients | null {
  return Object.hasOwn(APPLIERS, type) ? APPLIERS[type]!.service : null;
}
