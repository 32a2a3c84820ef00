import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

export interface SpanOptions {
  kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  attributes?: Attributes;
  /** W3C trace context of who caused this, as it came over the wire; without it the span in which we are. */
  traceparent?: string | undefined;
}

/**
 * Runs `run` in a span of its own, as the current one. What it throws marks the span and is thrown on. Costs next
 * to nothing while no tracing is started.
 */
export async function inSpan<T>(name: string, options: SpanOptions, run: () => Promise<T>): Promise<T> {
  const parent = options.traceparent === undefined ? context.active() : contextOf(options.traceparent);
  const { attributes = {} } = options;
  // Asked for each time: a tracer keeps to the tracing that was started first, even when that has ended.
  const tracer = trace.getTracer('butik');
  return await tracer.startActiveSpan(
    name,
    { kind: KIND[options.kind ?? 'internal'], attributes },
    parent,
    async (span) => {
      try {
        return await run();
      } catch (error) {
        span.recordException(error as Error);
        span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
        throw error;
      } finally {
        span.end();
      }
    },
  );
}

/** W3C `traceparent` of the span in which we are; undefined outside of any, and while no tracing is started. */
export function currentTraceparent(): string | undefined {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

/** The same function, to be called later and from elsewhere, but in the span in which we are now. */
export function inCurrentSpan<Run extends (...args: never[]) => unknown>(run: Run): Run {
  return context.bind(context.active(), run);
}

function contextOf(traceparent: string) {
  return propagation.extract(ROOT_CONTEXT, { traceparent });
}

const KIND = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};
