import { currentTraceparent, inSpan } from '@butik/proto/telemetry/span';
import { Counter, Histogram, type Registry } from 'prom-client';
import type { Bus, Subscription } from './bus.ts';

/**
 * The same bus, seen: a span around each publishing and each delivery, in the trace of the event, and metrics. An
 * event that has no trace yet gets that of its publishing.
 */
export function tracedBus(bus: Bus, { metrics }: { metrics: Registry }): Bus {
  const published = new Counter({
    name: 'butik_events_published_total',
    help: 'Events handed to the bus; `failed` are published again from their outbox.',
    labelNames: ['type', 'outcome'],
    registers: [metrics],
  });
  const taken = new Counter({
    name: 'butik_events_taken_total',
    help: 'Deliveries of events to consumers; `failed` are offered again and become dead letters at last.',
    labelNames: ['consumer', 'type', 'outcome'],
    registers: [metrics],
  });
  const duration = new Histogram({
    name: 'butik_event_handling_seconds',
    help: 'How long a consumer was busy with one delivery.',
    labelNames: ['consumer', 'type'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
    registers: [metrics],
  });

  const watched = (subscription: Subscription): Subscription => ({
    ...subscription,
    async handle(event) {
      const { type, traceparent } = event;
      const { consumer } = subscription;
      const end = duration.startTimer({ consumer, type });
      const attributes = { 'messaging.message.id': event.id, 'messaging.consumer.group.name': consumer };
      try {
        await inSpan(`${consumer} takes ${type}`, { kind: 'consumer', traceparent, attributes }, () =>
          subscription.handle(event),
        );
        taken.inc({ consumer, type, outcome: 'taken' });
      } catch (error) {
        taken.inc({ consumer, type, outcome: 'failed' });
        throw error;
      } finally {
        end();
      }
    },
  });

  return {
    ...bus,
    async publish(event) {
      const { type, traceparent } = event;
      const attributes = { 'messaging.message.id': event.id };
      try {
        await inSpan(`publish ${type}`, { kind: 'producer', traceparent, attributes }, async () => {
          const begun = traceparent ?? currentTraceparent();
          await bus.publish(begun === undefined ? event : { ...event, traceparent: begun });
        });
        published.inc({ type, outcome: 'published' });
      } catch (error) {
        published.inc({ type, outcome: 'failed' });
        throw error;
      }
    },
    subscribe: (subscription) => bus.subscribe(watched(subscription)),
  };
}
