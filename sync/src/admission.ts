import type { Channel } from '@butik/proto/facts/define-fact';

/** The load, in parts of the hub's bound, from which on a channel is told to wait. */
export const ADMITTED_BELOW: Readonly<Record<Channel, number>> = {
  payments: 4,
  orders: 2,
  stock: 1.5,
  operations: 1.25,
  telemetry: 1,
};

/** At a load of 1. */
const RETRY_AFTER_S = 2;
const MAX_RETRY_AFTER_S = 60;

/**
 * Whether the hub lets a batch of `channel` in at this load; if not, seconds until the box may ask
 * again, longer the higher the load. Where a channel is let in, so is every more urgent one.
 */
export function admit(
  channel: Channel,
  load: number,
): { admitted: true } | { admitted: false; retryAfterS: number } {
  if (load < ADMITTED_BELOW[channel]) return { admitted: true };
  return { admitted: false, retryAfterS: Math.min(Math.ceil(RETRY_AFTER_S * load), MAX_RETRY_AFTER_S) };
}
