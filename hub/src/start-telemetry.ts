import { logOptions } from '@butik/proto/telemetry/log-options';
import { startTracing } from '@butik/proto/telemetry/start-tracing';
import { type Logger, pino } from 'pino';
import type { Registry } from 'prom-client';
import type { Closing } from './closing.ts';
import type { HubConfig } from './config/config.ts';
import { operatorToken } from './config/operator-token.ts';
import { SETTINGS } from './config/read-config.ts';
import { createMetrics } from './kernel/telemetry/create-metrics.ts';
import { startSentry } from './kernel/telemetry/sentry.ts';
import { VERSION } from './version.ts';

/** The log, metrics and, where they are configured, traces and error reports of a process; `name` is what it runs. */
export async function startTelemetry(
  name: string,
  { config, closing, ...overrides }: { config: HubConfig; closing: Closing; logger: Logger | undefined },
): Promise<{ logger: Logger; metrics: Registry }> {
  const given = SETTINGS.filter(({ secret }) => secret).map((setting) => config[setting.name]);
  // A token that the hub made itself is in no setting.
  const secrets = [...given, operatorToken(config)].filter((secret) => typeof secret === 'string');
  const sentry = config.sentryDsn
    ? await startSentry({ dsn: config.sentryDsn, release: VERSION, environment: config.prefix, secrets })
    : undefined;
  if (sentry) closing.add(() => sentry.close());
  const options = logOptions({
    level: config.logLevel,
    name,
    secrets,
    ...(sentry && { onError: (logged) => sentry.report(logged) }),
  });
  const logger = overrides.logger ?? pino(options, pino.destination(2));
  if (config.otlpUrl) {
    const tracing = startTracing({
      serviceName: `butik-${name}`,
      version: VERSION,
      otlpUrl: config.otlpUrl,
      ratio: config.traceRatio,
      logger,
    });
    closing.add(() => tracing.close());
  }
  return { logger, metrics: createMetrics({ service: name, version: VERSION }) };
}
