import { ButikError } from '@butik/proto/errors/butik-error';
import { reportFailure } from '@butik/proto/errors/report-failure';
import { pino } from 'pino';
import { z } from 'zod';
import { serveDatabase } from '../../src/feed/serve-database.ts';

const seconds = z.coerce.number().int().min(0).max(31_536_000);

const flagsSchema = z.object({
  databaseUrl: z.string().min(1),
  schema: z.string().min(1),
  host: z.string().min(1),
  port: z.coerce.number().int().min(0).max(65_535),
  chunkBytes: z.coerce.number().int().min(1_000).max(100_000_000),
  maxAge: seconds,
  staleAge: seconds,
});

export type ShapesFlags = Record<keyof z.input<typeof flagsSchema>, string> & { auth: boolean };

/** Serves a database's tables as shapes until SIGINT or SIGTERM; a second one ends the process as signals do. */
export async function shapes({ auth, ...flags }: ShapesFlags): Promise<void> {
  if (auth) {
    throw new ButikError('REQUEST_INVALID', {
      message: 'It has no access check of its own: say --no-auth, on a network you trust.',
    });
  }
  const { schema, maxAge, staleAge, ...rest } = flagsSchema.parse(flags);
  const served = await serveDatabase({
    ...rest,
    defaultSchema: schema,
    ages: { maxAgeSeconds: maxAge, staleAgeSeconds: staleAge },
    logger: pino({ level: 'warn' }),
  });
  console.log(`shapes ready at ${served.url}`);
  const drain = () => served.close().then(() => process.exit(0), reportFailure);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, drain);
}
