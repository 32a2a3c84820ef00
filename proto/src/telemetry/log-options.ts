import { isSpanContextValid, trace } from '@opentelemetry/api';
import { type Logger, type LoggerOptions, stdSerializers, stdTimeFunctions } from 'pino';
import { literalSecrets, maskSecrets, maskText } from './mask-secrets.ts';

export interface LogOptions {
  level: string;
  /** Which program this is, on every line: `hub`, `edge`. */
  name: string;
  /** Values of this process that must not be read in a log, wherever they turn up; short ones are left alone. */
  secrets?: readonly (string | undefined)[];
  /** Told of each line of level error or fatal that has an error in `err`, before it is written. Must not throw. */
  onError?: (logged: LoggedError) => void;
}

export interface LoggedError {
  error: Error;
  message: string;
  /** What else the line says, that of its logger and of its span included. Not masked yet. */
  fields: Record<string, unknown>;
}

/**
 * How hub and edge log: one JSON object a line with the time as ISO 8601, the level by its name, the ids of the
 * span in which it was written, every error with its causes, and no secret, whatever was handed to the logger.
 */
export function logOptions({ level, name, secrets = [], onError }: LogOptions): LoggerOptions {
  const literal = literalSecrets(secrets);
  return {
    level,
    base: { name, pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    mixin: spanIds,
    formatters: { level: (label) => ({ level: label }), log: withErrors },
    // The bindings of child loggers and the message pass no formatter: only the finished line has everything.
    hooks: {
      streamWrite: (line) => maskLine(line, literal),
      ...(onError && {
        logMethod(args, method, number) {
          if (number >= ERROR_LEVEL) tell(this, args, onError);
          method.apply(this, args);
        },
      }),
    },
  };
}

const ERROR_LEVEL = 50;

function tell(logger: Logger, [first, message]: unknown[], onError: (logged: LoggedError) => void): void {
  const given = (first instanceof Error ? { err: first } : (first ?? {})) as Record<string, unknown>;
  const { err: error, ...fields } = given;
  if (!(error instanceof Error)) return;
  onError({
    error,
    message: typeof message === 'string' ? message : error.message,
    fields: { ...logger.bindings(), ...spanIds(), ...fields },
  });
}

function spanIds(): object {
  const span = trace.getActiveSpan()?.spanContext();
  return span && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

/** An error is an empty object in JSON; pino itself knows only the one under `err`. */
function withErrors(fields: Record<string, unknown>): Record<string, unknown> {
  const errors = Object.entries(fields).filter(([key, value]) => key !== 'err' && value instanceof Error);
  if (errors.length === 0) return fields;
  return {
    ...fields,
    ...Object.fromEntries(errors.map(([key, error]) => [key, stdSerializers.err(error as Error)])),
  };
}

function maskLine(line: string, secrets: readonly string[]): string {
  try {
    return `${JSON.stringify(maskSecrets(JSON.parse(line), secrets))}\n`;
  } catch {
    return `${maskText(line.trimEnd(), secrets)}\n`;
  }
}
