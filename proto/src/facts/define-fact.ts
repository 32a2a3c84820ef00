import type { z } from 'zod';

/**
 * Channels of the way up, most urgent first. Each has its own sequence and hash chain, so that a
 * long backlog of telemetry never holds up a payment.
 */
export const CHANNELS = ['payments', 'orders', 'stock', 'operations', 'telemetry'] as const;
export type Channel = (typeof CHANNELS)[number];

/** A type of fact: what happened in a shop, once and for ever. */
export interface FactDefinition<Payload extends z.ZodType = z.ZodType> {
  type: string;
  /** Raised when the payload's form changes; a version of old that boxes may still send gets an upcast. */
  version: number;
  channel: Channel;
  payload: Payload;
  /** By version: makes a payload of that version one of the next. What it throws as ZodError is the payload's fault. */
  upcasts?: Readonly<Record<number, (payload: unknown) => unknown>>;
}

export function defineFact<const Type extends string, Payload extends z.ZodType>(
  definition: FactDefinition<Payload> & { type: Type },
): FactDefinition<Payload> & { type: Type } {
  return definition;
}
