import { ButikError } from '@butik/proto/errors/butik-error';
import type { LoggedError } from '@butik/proto/telemetry/log-options';
import { literalSecrets, maskSecrets } from '@butik/proto/telemetry/mask-secrets';
import type { ErrorEvent } from '@sentry/node';

export interface SentryOptions {
  /** Where errors are sent, as Sentry's project page shows it. */
  dsn: string;
  release: string;
  environment: string;
  /** Values that must not leave the process, wherever they turn up in an error. */
  secrets?: readonly (string | undefined)[];
}

export interface Sentry {
  /** For `onError` of the log's options: sends what nobody expected, with its causes, request and trace. Does not throw. */
  report(logged: LoggedError): void;
  /** Sends what has gathered, for two seconds at most. */
  close(): Promise<void>;
}

const CLOSE_TIMEOUT_MS = 2_000;
/** Errors on their way at once; further ones are only in the log. */
const MAX_UNDER_WAY = 30;

/**
 * Sends unexpected errors to Sentry: what the log has as an error without a code of ours, or with INTERNAL. Errors
 * that have a code are foreseen, and metrics count them. Nothing of the process is instrumented or changed, and the
 * package, which takes half a second to load, is loaded only here.
 */
export async function startSentry({
  dsn,
  release,
  environment,
  secrets = [],
}: SentryOptions): Promise<Sentry> {
  const { NodeClient, Scope, defaultStackParser, linkedErrorsIntegration, makeNodeTransport } = await import(
    '@sentry/node'
  );
  const literal = literalSecrets(secrets);
  const client = new NodeClient({
    dsn,
    release,
    environment,
    stackParser: defaultStackParser,
    transport: makeNodeTransport,
    transportOptions: { bufferSize: MAX_UNDER_WAY },
    integrations: [linkedErrorsIntegration()],
    sendClientReports: false,
    beforeSend({ sdkProcessingMetadata, ...event }) {
      const masked = maskSecrets(event, literal) as ErrorEvent;
      return sdkProcessingMetadata === undefined ? masked : { ...masked, sdkProcessingMetadata };
    },
  });
  client.init();

  return {
    report({ error, message, fields }) {
      const { code = 'INTERNAL' } = error instanceof ButikError ? error : fields;
      if (code !== 'INTERNAL') return;
      const scope = new Scope();
      const { trace_id, span_id, reqId, ...rest } = fields;
      if (typeof trace_id === 'string' && typeof span_id === 'string')
        scope.setContext('trace', { trace_id, span_id });
      if (typeof reqId === 'string') scope.setTag('request_id', reqId);
      scope.setContext('log', { message, ...rest });
      client.captureException(error, { originalException: error }, scope);
    },
    async close() {
      await client.close(CLOSE_TIMEOUT_MS);
    },
  };
}
