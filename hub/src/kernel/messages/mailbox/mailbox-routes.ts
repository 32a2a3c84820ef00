import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { keptMessageSchema, type Mailbox } from './open-mailbox.ts';

const pageSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** `next` of the page before. */
  cursor: z.coerce.number().int().positive().optional(),
});

/** What the local mailbox keeps: `/v1/mailbox`. */
export function mailboxRoutes(mailbox: Mailbox): FastifyPluginAsync {
  return async (fastify) => {
    const app = fastify.withTypeProvider<ZodTypeProvider>();

    app.get(
      '/v1/mailbox',
      {
        config: { permission: 'notification:read' },
        schema: {
          tags: ['notification'],
          querystring: pageSchema,
          response: { 200: z.object({ items: z.array(keptMessageSchema), next: z.string().nullable() }) },
        },
      },
      async ({ query: { limit, cursor } }) => {
        const items = await mailbox.list({ limit, before: cursor });
        return { items, next: items.length === limit ? String(items.at(-1)!.number) : null };
      },
    );

    app.get(
      '/v1/mailbox/:messageId',
      {
        config: { permission: 'notification:read' },
        schema: {
          tags: ['notification'],
          params: z.strictObject({ messageId: z.string().min(1).max(200) }),
          response: { 200: keptMessageSchema },
        },
      },
      async ({ params }) => mailbox.read(params.messageId),
    );
  };
}
