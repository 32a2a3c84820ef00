import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';

/** Every setting of a hub process, with the environment variable that sets it. */
export const hubConfigSchema = z.strictObject({
  /** BUTIK_HUB_DATA: folder of the embedded engines and uploads. */
  dataFolder: z.string().min(1),
  /** BUTIK_HUB_HOST: address to listen on. */
  host: z.string().default('127.0.0.1'),
  /** BUTIK_HUB_PORT: 0 takes a free one. */
  port: z.coerce.number().int().min(0).max(65_535).default(4100),
  /** BUTIK_OPERATOR_TOKEN: bearer token of head office; without it one is made and kept in the data folder. */
  operatorToken: z.string().min(32).optional(),
  /** BUTIK_LOG_LEVEL. */
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** BUTIK_DATABASE_URL: the hub's database on PostgreSQL 15 or later; without it PGlite in the data folder. */
  databaseUrl: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /** ELECTRIC_URL: an Electric service that serves the shapes; without it the hub serves them itself. */
  electricUrl: z.url().optional(),
  /** BUTIK_AMQP_URL: RabbitMQ as the bus between processes; without it events stay in this process. */
  amqpUrl: z.url({ protocol: /^amqps?$/ }).optional(),
  /** BUTIK_REDIS_URL: Redis as the cache that processes share; without it each process has its own in memory. */
  redisUrl: z.url({ protocol: /^rediss?$/ }).optional(),
});
export type HubConfig = z.infer<typeof hubConfigSchema>;

const VARIABLES: Record<keyof HubConfig, string> = {
  dataFolder: 'BUTIK_HUB_DATA',
  host: 'BUTIK_HUB_HOST',
  port: 'BUTIK_HUB_PORT',
  operatorToken: 'BUTIK_OPERATOR_TOKEN',
  logLevel: 'BUTIK_LOG_LEVEL',
  databaseUrl: 'BUTIK_DATABASE_URL',
  electricUrl: 'ELECTRIC_URL',
  amqpUrl: 'BUTIK_AMQP_URL',
  redisUrl: 'BUTIK_REDIS_URL',
};

/** Settings from flags, else the environment, else the defaults. Throws REQUEST_INVALID naming the bad setting. */
export function readHubConfig(
  flags: Partial<Record<keyof HubConfig, unknown>>,
  env: NodeJS.ProcessEnv,
): HubConfig {
  const given = Object.entries(VARIABLES).map(([name, variable]) => [
    name,
    flags[name as keyof HubConfig] ?? env[variable],
  ]);
  const parsed = hubConfigSchema.safeParse(
    Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== '')),
  );
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]) as keyof HubConfig;
    return { path: name, variable: VARIABLES[name], message: issue.message };
  });
  throw new ButikError('REQUEST_INVALID', {
    message: `Wrong setting: ${fields.map((field) => `${field.path} (${field.variable}): ${field.message}`).join('; ')}`,
    details: { fields },
  });
}

/** The file in which an embedded hub keeps the token it made; the CLI on the same machine reads it. */
export function operatorTokenFile(dataFolder: string): string {
  return join(dataFolder, 'operator-token');
}

/** Head office's token: the configured one, or one made at the first start and readable by its owner only. */
export function operatorToken(config: HubConfig): string {
  if (config.operatorToken) return config.operatorToken;
  const file = operatorTokenFile(config.dataFolder);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  mkdirSync(config.dataFolder, { recursive: true });
  const token = randomBytes(32).toString('base64url');
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return token;
}
