import { z } from 'zod';

/** What `config --explain` prints of a setting beside its default. */
interface SettingMeta {
  variable: string;
  description: string;
  /** Never printed or logged. */
  secret?: boolean;
}

/** Whom the simulator pays. */
const SIMULATED_PAYEE = '1231181189';

function setting<Schema extends z.ZodType>(meta: SettingMeta, schema: Schema): Schema {
  return schema.meta({ ...meta });
}

const url = (...protocols: string[]) =>
  z.url({
    protocol: new RegExp(`^(${protocols.join('|')})$`),
    error: `Expected an address that begins with ${protocols.map((one) => `${one}://`).join(' or ')}`,
  });
const listOf = (what: z.ZodType<string, string>) =>
  z
    .string()
    .transform((text) => text.split(',').map((one) => one.trim()))
    .pipe(z.array(what).min(1));

/** Every setting of a hub process, with the environment variable that sets it. */
export const hubConfigSchema = z.strictObject({
  dataFolder: setting(
    { variable: 'BUTIK_HUB_DATA', description: 'Folder of the embedded engines and of uploads.' },
    z.string().min(1).default('.butik/hub'),
  ),
  services: setting(
    {
      variable: 'BUTIK_SERVICES',
      description: 'Services that run in this process, with commas between; without it all of them.',
    },
    listOf(z.string().min(1)).optional(),
  ),
  host: setting(
    { variable: 'BUTIK_HUB_HOST', description: 'Address to listen on, for HTTP and gRPC.' },
    z.string().default('127.0.0.1'),
  ),
  port: setting(
    { variable: 'BUTIK_HUB_PORT', description: 'Port of HTTP; 0 takes a free one.' },
    z.coerce.number().int().min(0).max(65_535).default(4100),
  ),
  grpcPort: setting(
    {
      variable: 'BUTIK_GRPC_PORT',
      description: 'Port on which other processes call the services of this one; without it nobody can.',
    },
    z.coerce.number().int().min(0).max(65_535).optional(),
  ),
  grpcTlsFolder: setting(
    {
      variable: 'BUTIK_GRPC_TLS_FOLDER',
      description:
        'Folder of ca.crt, tls.crt and tls.key: processes then call each other by mutual TLS only.',
    },
    z.string().min(1).optional(),
  ),
  serviceAddresses: setting(
    {
      variable: 'BUTIK_SERVICE_ADDRESSES',
      description:
        'Where the services of other processes are: order=order.butik:4200,payment=… (names in DNS).',
    },
    z
      .string()
      .regex(
        /^[a-z-]+=[^=,\s]+:\d+(,\s*[a-z-]+=[^=,\s]+:\d+)*$/,
        'Expected name=host:port, with commas between',
      )
      .transform((text) =>
        Object.fromEntries(text.split(',').map((one) => one.trim().split('=') as [string, string])),
      )
      .default({}),
  ),
  drainMs: setting(
    {
      variable: 'BUTIK_DRAIN_MS',
      description:
        'On SIGTERM: how long it says that it is not ready, so that proxies turn away, before it closes.',
    },
    z.coerce.number().int().min(0).max(60_000).default(0),
  ),
  trustProxy: setting(
    {
      variable: 'BUTIK_TRUST_PROXY',
      description: 'Whether x-forwarded-… headers are believed: only behind a proxy of ours.',
    },
    z.stringbool().default(false),
  ),
  operatorToken: setting(
    {
      variable: 'BUTIK_OPERATOR_TOKEN',
      description: 'Bearer token of head office; without it one is made and kept in the data folder.',
      secret: true,
    },
    z.string().min(32).optional(),
  ),
  logLevel: setting(
    { variable: 'BUTIK_LOG_LEVEL', description: 'fatal, error, warn, info, debug, trace or silent.' },
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  ),
  databaseUrl: setting(
    {
      variable: 'BUTIK_DATABASE_URL',
      description: 'PostgreSQL 15 or later as the relational store; without it PGlite in the data folder.',
      secret: true,
    },
    url('postgres', 'postgresql').optional(),
  ),
  electricUrl: setting(
    {
      variable: 'ELECTRIC_URL',
      description: 'An Electric service that serves the shapes; without it the hub serves them itself.',
      secret: true,
    },
    url('http', 'https').optional(),
  ),
  amqpUrl: setting(
    {
      variable: 'BUTIK_AMQP_URL',
      description: 'RabbitMQ as the bus between processes; without it events stay in this process.',
      secret: true,
    },
    url('amqp', 'amqps').optional(),
  ),
  redisUrl: setting(
    {
      variable: 'BUTIK_REDIS_URL',
      description:
        'Redis for the cache and the jobs that processes share; without it memory and the relational store.',
      secret: true,
    },
    url('redis', 'rediss').optional(),
  ),
  dynamodbRegion: setting(
    {
      variable: 'BUTIK_DYNAMODB_REGION',
      description:
        'DynamoDB in this region for documents; without it the embedded engine in the data folder.',
    },
    z.string().min(1).optional(),
  ),
  dynamodbEndpoint: setting(
    {
      variable: 'BUTIK_DYNAMODB_ENDPOINT',
      description: 'Another address of DynamoDB: DynamoDB Local, a VPC endpoint.',
    },
    url('http', 'https').optional(),
  ),
  prefix: setting(
    {
      variable: 'BUTIK_PREFIX',
      description:
        'First part of every table, queue, key and index in shared engines, so that hubs can share them.',
    },
    z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,30}$/, 'Expected small letters, digits and hyphens')
      .default('butik'),
  ),
  elasticsearchUrl: setting(
    {
      variable: 'BUTIK_ELASTICSEARCH_URL',
      description: 'Elasticsearch 9 for search; without it the relational store.',
      secret: true,
    },
    url('http', 'https').optional(),
  ),
  s3Bucket: setting(
    { variable: 'BUTIK_S3_BUCKET', description: 'S3 bucket for files; without it the data folder.' },
    z.string().min(3).optional(),
  ),
  s3Region: setting(
    { variable: 'BUTIK_S3_REGION', description: 'Region of the bucket.' },
    z.string().default('eu-north-1'),
  ),
  s3Endpoint: setting(
    { variable: 'BUTIK_S3_ENDPOINT', description: 'Another address of S3, such as MinIO.' },
    url('http', 'https').optional(),
  ),
  mailFrom: setting(
    { variable: 'BUTIK_MAIL_FROM', description: 'Sender of mail.' },
    z.string().min(3).default('Butik <butik@localhost>'),
  ),
  smtpUrl: setting(
    {
      variable: 'BUTIK_SMTP_URL',
      description: 'SMTP server for mail; without it and BUTIK_SES_REGION mail goes to the local mailbox.',
      secret: true,
    },
    url('smtp', 'smtps').optional(),
  ),
  sesRegion: setting(
    { variable: 'BUTIK_SES_REGION', description: 'Amazon SES in this region for mail, instead of SMTP.' },
    z.string().optional(),
  ),
  twilio: setting(
    {
      variable: 'BUTIK_TWILIO',
      description:
        'Twilio for SMS, ACCOUNT_SID:AUTH_TOKEN:FROM; without it and BUTIK_SNS_REGION the local mailbox.',
      secret: true,
    },
    z
      .string()
      .regex(/^AC\w+:\w+:.+$/, 'Expected ACCOUNT_SID:AUTH_TOKEN:FROM')
      .optional(),
  ),
  snsRegion: setting(
    { variable: 'BUTIK_SNS_REGION', description: 'Amazon SNS in this region for SMS, instead of Twilio.' },
    z.string().optional(),
  ),
  fcmCredentialsFile: setting(
    {
      variable: 'BUTIK_FCM_CREDENTIALS_FILE',
      description: 'Service account of Firebase Cloud Messaging for push; without it the local mailbox.',
    },
    z.string().optional(),
  ),
  swishUrl: setting(
    {
      variable: 'BUTIK_SWISH_URL',
      description:
        'Swish, or its simulator (butik-hub simulate-bank); without it nobody can pay by Swish at the hub.',
    },
    url('http', 'https').optional(),
  ),
  swishPayee: setting(
    {
      variable: 'BUTIK_SWISH_PAYEE',
      description: 'The Swish number that is paid; the default is the simulator’s.',
    },
    z
      .string()
      .regex(/^\d{8,15}$/, 'Expected digits only')
      .default(SIMULATED_PAYEE),
  ),
  swishCertificateFile: setting(
    { variable: 'BUTIK_SWISH_CERTIFICATE_FILE', description: 'Client certificate and key (PEM) for Swish.' },
    z.string().optional(),
  ),
  publicUrl: setting(
    {
      variable: 'BUTIK_PUBLIC_URL',
      description:
        'Address of this hub from outside, for callbacks of banks; without it payments are only looked up.',
    },
    url('http', 'https').optional(),
  ),
  otlpUrl: setting(
    {
      variable: 'OTEL_EXPORTER_OTLP_ENDPOINT',
      description: 'Collector of traces by OTLP over HTTP; without it no traces are made.',
      secret: true,
    },
    url('http', 'https').optional(),
  ),
  traceRatio: setting(
    { variable: 'BUTIK_TRACE_RATIO', description: 'Share of traces that are kept, from 0 to 1.' },
    z.coerce.number().min(0).max(1).default(1),
  ),
  sentryDsn: setting(
    {
      variable: 'SENTRY_DSN',
      description: 'Sentry for unexpected errors; without it they are only logged.',
      secret: true,
    },
    url('http', 'https').optional(),
  ),
  maxEventLoopDelayMs: setting(
    {
      variable: 'BUTIK_MAX_EVENT_LOOP_DELAY_MS',
      description:
        'When the process lags by more, requests are refused with 503 and Retry-After; 0 never refuses.',
    },
    z.coerce.number().int().min(0).default(1_000),
  ),
});
export type HubConfig = z.output<typeof hubConfigSchema>;

/** What is wrong with settings that are right one by one: the setting, and why it does not go with the others. */
export function findContradictions(config: HubConfig): { name: keyof HubConfig; message: string }[] {
  const found: { name: keyof HubConfig; message: string }[] = [];
  const check = (wrong: boolean, name: keyof HubConfig, message: string) =>
    wrong && found.push({ name, message });
  const { swishUrl } = config;
  check(
    !!config.dynamodbEndpoint && !config.dynamodbRegion,
    'dynamodbRegion',
    'DynamoDB’s endpoint needs a region',
  );
  check(!!config.s3Endpoint && !config.s3Bucket, 's3Bucket', 'S3’s endpoint needs a bucket');
  check(!!config.smtpUrl && !!config.sesRegion, 'sesRegion', 'mail goes by SMTP or by SES, not by both');
  check(!!config.twilio && !!config.snsRegion, 'snsRegion', 'SMS go by Twilio or by SNS, not by both');
  check(
    !!swishUrl && !LOOPBACK.test(new URL(swishUrl).hostname) && config.swishPayee === SIMULATED_PAYEE,
    'swishPayee',
    'say which Swish number is paid',
  );
  return found;
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
