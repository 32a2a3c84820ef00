import { context, type DiagLogger, DiagLogLevel, diag, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import { traceContext } from './trace-context.ts';

export interface TracingOptions {
  /** As the collector shows it: `butik-hub`, `butik-edge`. */
  serviceName: string;
  version: string;
  /** Base address of a collector that takes OTLP over HTTP, such as `http://127.0.0.1:4318`. */
  otlpUrl: string;
  /** Share of the traces that begin here and are kept, from 0 to 1; one that came from elsewhere is kept if it was there. */
  ratio: number;
  logger: Pick<Logger, 'warn'>;
}

export interface Tracing {
  /** Sends what has gathered, for two seconds at most; what a collector does not take by then is lost. */
  close(): Promise<void>;
}

/** Spans that wait to be sent; further ones are dropped. */
const MAX_QUEUED = 4_096;
const MAX_BATCH = 512;
const SEND_EVERY_MS = 2_000;
const SEND_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 2_000;
const COMPLAIN_EVERY_MS = 60_000;

/**
 * Makes the spans of this process real and sends them to a collector. Tracing belongs to the whole process: where
 * it is started already, a second start changes nothing. A collector that is away costs a warning a minute.
 */
export function startTracing({ serviceName, version, otlpUrl, ratio, logger }: TracingOptions): Tracing {
  const exporter = new OTLPTraceExporter({
    url: `${otlpUrl.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: SEND_TIMEOUT_MS,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.version': version }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: MAX_QUEUED,
        maxExportBatchSize: MAX_BATCH,
        scheduledDelayMillis: SEND_EVERY_MS,
        exportTimeoutMillis: SEND_TIMEOUT_MS,
      }),
    ],
  });
  if (!trace.setGlobalTracerProvider(provider)) return { close: async () => undefined };
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(traceContext);
  diag.setLogger(complainNowAndThen(logger), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });

  return {
    async close() {
      await inTime(provider.shutdown()).catch((err: unknown) =>
        logger.warn({ err }, 'tracing: the last spans were not sent'),
      );
      trace.disable();
      context.disable();
      propagation.disable();
      diag.disable();
    },
  };
}

/** What the library has to say, which is that the collector does not take spans: once a minute is enough. */
function complainNowAndThen(logger: TracingOptions['logger']): DiagLogger {
  let complainedAtMs = Number.NEGATIVE_INFINITY;
  const complain = (message: string, ...details: unknown[]) => {
    const now = performance.now();
    if (now - complainedAtMs < COMPLAIN_EVERY_MS) return;
    complainedAtMs = now;
    logger.warn(
      { details: [message, ...details].map(String) },
      'tracing: spans cannot be sent at the moment',
    );
  };
  const ignore = () => undefined;
  return { error: complain, warn: complain, info: ignore, debug: ignore, verbose: ignore };
}

async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${CLOSE_TIMEOUT_MS} ms`)), CLOSE_TIMEOUT_MS);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
