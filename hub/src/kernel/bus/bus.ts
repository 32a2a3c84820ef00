import type { CloudEvent } from '@butik/proto/events/cloud-event';

/** Takes one event. Throwing means "not taken": the bus delivers it again, later and then to the dead letters. */
export type EventHandler = (event: CloudEvent) => Promise<void>;

export interface Subscription {
  /** Durable name of the consumer, such as `feed` or `order`. Each consumer gets every event once or more. */
  consumer: string;
  /** Event types to deliver. */
  types: readonly string[];
  handle: EventHandler;
}

/**
 * Carries events between services, at least once and in order per subject. `publish` resolves once
 * the event is safe: every consumer has taken it or the broker holds it durably. Publishers are
 * outbox relays, so an event whose `publish` failed is published again.
 */
export interface Bus {
  publish(event: CloudEvent): Promise<void>;
  subscribe(subscription: Subscription): Promise<void>;
  close(): Promise<void>;
}
