import { z } from 'zod';

/** What an edge process is told from outside; each has an environment variable, and flags come first. */
export const edgeConfigSchema = z.strictObject({
  /** Holds `identity.json` and the store. BUTIK_EDGE_DATA */
  dataFolder: z.string().min(1).default('.butik/edge'),
  /** Loopback unless told: the till runs on the box itself. BUTIK_EDGE_HOST */
  host: z.string().min(1).default('127.0.0.1'),
  /** 0 takes any free port. BUTIK_EDGE_PORT */
  port: z.coerce.number().int().min(0).max(65_535).default(4101),
  /** The till's name on its receipts. BUTIK_EDGE_TILL */
  till: z
    .string()
    .regex(/^[A-Za-z0-9]{1,16}$/)
    .default('1'),
  /** BUTIK_LOG_LEVEL */
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** How long facts that the hub has acknowledged are kept on the box. BUTIK_EDGE_KEEP_FACTS_DAYS */
  keepFactsDays: z.coerce.number().int().min(1).default(30),
  /** Collector of traces by OTLP over HTTP; without it none are made. OTEL_EXPORTER_OTLP_ENDPOINT */
  otlpUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** Share of traces that are kept, from 0 to 1. BUTIK_TRACE_RATIO */
  traceRatio: z.coerce.number().min(0).max(1).default(1),
});
export type EdgeConfig = z.infer<typeof edgeConfigSchema>;

/** Throws a ZodError that names what is wrong. Empty and missing values take their defaults. */
export function readEdgeConfig(
  env: NodeJS.ProcessEnv,
  flags: Partial<Record<keyof EdgeConfig, string | undefined>> = {},
): EdgeConfig {
  const told = {
    dataFolder: flags.dataFolder ?? env.BUTIK_EDGE_DATA,
    host: flags.host ?? env.BUTIK_EDGE_HOST,
    port: flags.port ?? env.BUTIK_EDGE_PORT,
    till: flags.till ?? env.BUTIK_EDGE_TILL,
    logLevel: flags.logLevel ?? env.BUTIK_LOG_LEVEL,
    keepFactsDays: flags.keepFactsDays ?? env.BUTIK_EDGE_KEEP_FACTS_DAYS,
    otlpUrl: flags.otlpUrl ?? env.OTEL_EXPORTER_OTLP_ENDPOINT,
    traceRatio: flags.traceRatio ?? env.BUTIK_TRACE_RATIO,
  };
  return edgeConfigSchema.parse(
    Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined && value !== '')),
  );
}
