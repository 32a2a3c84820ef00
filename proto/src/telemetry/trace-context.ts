import {
  type Context,
  isSpanContextValid,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api';
import { traceparentSchema } from './traceparent.ts';

const HEADER = 'traceparent';
/** The first bit of the flags; the others mean nothing to us and are not passed on. */
const SAMPLED = 1;

/** Writes and reads `traceparent`; a value that is not one is as good as none. */
export const traceContext: TextMapPropagator = {
  inject(context: Context, carrier: unknown, setter: TextMapSetter) {
    const span = trace.getSpanContext(context);
    if (!span || !isSpanContextValid(span)) return;
    const flags = span.traceFlags & SAMPLED ? '01' : '00';
    setter.set(carrier, HEADER, `00-${span.traceId}-${span.spanId}-${flags}`);
  },
  extract(context: Context, carrier: unknown, getter: TextMapGetter) {
    const given = traceparentSchema.safeParse(getter.get(carrier, HEADER));
    if (!given.success) return context;
    const [, traceId = '', spanId = '', flags = ''] = given.data.split('-');
    const traceFlags = Number.parseInt(flags, 16) & SAMPLED;
    return trace.setSpanContext(context, { traceId, spanId, traceFlags, isRemote: true });
  },
  fields: () => [HEADER],
};
