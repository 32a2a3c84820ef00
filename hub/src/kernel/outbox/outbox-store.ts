import type { CloudEvent } from '@butik/proto/events/cloud-event';

/** An event that waits. `own`: this process has written it, and not another process of the service. */
export interface OutboxEntry {
  event: CloudEvent;
  own: boolean;
}

/** A page of events that are to be published, the oldest first; `next` reads the page after it, where there is one. */
export interface OutboxPage {
  entries: OutboxEntry[];
  next?: () => Promise<OutboxPage>;
}

/** Where a service keeps its events between their transaction and the bus, as the relay sees it. */
export interface OutboxStore {
  /** From the oldest event, at most `limit` on a page. Events of one subject come in the order they were written. */
  read(limit: number): Promise<OutboxPage>;
  /** Deletes all of them or none: if a later event of a subject went alone, the one before it would overtake it. */
  remove(events: readonly CloudEvent[]): Promise<void>;
}
