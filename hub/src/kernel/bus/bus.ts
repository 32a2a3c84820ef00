import type { CloudEvent } from '@butik/proto/events/cloud-event';

/** Takes one event. Throwing means "not taken": the bus delivers it again, later and then to the dead letters. */
export type EventHandler = (event: CloudEvent) => Promise<void>;

export interface Subscription {
  /** Durable name of the consumer, such as `feed` or `order`. Each consumer gets every event once or more. */
  consumer: string;
  /** Event types to deliver. */
  types: readonly string[];
  handle: EventHandler;
  /**
   * False for a consumer that must not miss an event: one that it does not take never becomes a dead letter,
   * is offered again until it is taken, and later ones of its subject wait. True unless told.
   */
  giveUp?: boolean;
}

/** What waits for one consumer. */
export interface QueueDepth {
  consumer: string;
  /** Events that no process of the consumer has fetched yet. */
  waiting: number;
  /** Dead letters that are not in `kernel.dead_letters` yet. */
  dead: number;
}

/**
 * Carries events between services, at least once and in order per subject. `publish` resolves once
 * the event is safe: every consumer has taken it or the broker holds it durably. Publishers are
 * outbox relays, so an event whose `publish` failed is published again: to consumers that have taken it too.
 */
export interface Bus {
  publish(event: CloudEvent): Promise<void>;
  subscribe(subscription: Subscription): Promise<void>;
  /** By consumer; only where the bus itself holds events. SERVICE_UNAVAILABLE while the broker is away. */
  depth?(): Promise<QueueDepth[]>;
  close(): Promise<void>;
}
