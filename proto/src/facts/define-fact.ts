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
  /** Raised when the payload's form changes; the hub upcasts older versions. */
  version: number;
  channel: Channel;
  payload: Payload;
}

export function defineFact<const Type extends string, Payload extends z.ZodType>(
  definition: FactDefinition<Payload> & { type: Type },
): FactDefinition<Payload> & { type: Type } {
  return definition;
}
