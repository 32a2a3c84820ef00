import { CHANNELS } from '@butik/proto/facts/define-fact';
import type { HttpServer } from '@butik/proto/http/create-http-server';
import { z } from 'zod';
import type { SyncStatus } from '../replication/sync-status.ts';
import { VERSION } from '../version.ts';

const healthSchema = z.object({ status: z.literal('ok'), version: z.string() });

const syncStatusSchema = z.object({
  hub: z.enum(['connected', 'unreachable', 'refused']),
  unsent: z.object({ facts: z.int(), sales: z.int(), oldestAt: z.string().nullable() }),
  channels: z.array(z.object({ channel: z.enum(CHANNELS), lastSeq: z.int(), acknowledged: z.int() })),
  down: z.object({
    position: z.string().nullable(),
    upToDate: z.boolean(),
    lastCutAt: z.string().nullable(),
  }),
  lastError: z.object({ code: z.string(), message: z.string(), at: z.string() }).nullable(),
}) satisfies z.ZodType<SyncStatus>;

/** How the box is, and how it stands with the hub. */
export function addStatusRoutes(app: HttpServer, syncStatus: () => SyncStatus): void {
  app.get('/v1/health', { schema: { tags: ['box'], response: { 200: healthSchema } } }, () => ({
    status: 'ok' as const,
    version: VERSION,
  }));
  app.get('/v1/sync', { schema: { tags: ['box'], response: { 200: syncStatusSchema } } }, () => syncStatus());
}
