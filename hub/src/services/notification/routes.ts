import { ButikError } from '@butik/proto/errors/butik-error';
import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf } from '../caller.ts';
import { pageSchema } from '../pages.ts';
import { getNotification } from './get-notification.ts';
import { listNotifications, listNotificationsSchema } from './list-notifications.ts';
import { notificationSummarySchema, notificationViewSchema } from './notification.ts';
import type { NotificationContext } from './notification-context.ts';
import { sendByHand, sendSchema } from './send-by-hand.ts';
import { findTemplates } from './templates/find-templates.ts';
import { PLACEHOLDERS } from './templates/placeholders.ts';
import { setTemplate } from './templates/set-template.ts';
import { templateSchema } from './templates/template.ts';

const READ = { permission: 'notification:read' } as const;
const WRITE = { permission: 'notification:write' } as const;
const headers = z.looseObject({
  'idempotency-key': z
    .string()
    .optional()
    .meta({ description: 'Required: a fresh UUID for each new request, the same one when it is repeated.' }),
});
const templateViewSchema = z.object({
  ...templateSchema.shape,
  templateId: z.string(),
  /** Null for a built-in template. */
  updatedAt: z.iso.datetime().nullable(),
});
const templatesSchema = z.object({
  items: z.array(templateViewSchema),
  /** What a template may name, and what stands there in its place. */
  placeholders: z.record(z.string(), z.string()),
});

export function notificationRoutes(context: NotificationContext): FastifyPluginAsync {
  return async (fastify) => {
    const app = fastify.withTypeProvider<ZodTypeProvider>();

    app.post(
      '/notifications/send',
      {
        config: WRITE,
        schema: {
          headers,
          body: sendSchema,
          response: { 202: notificationViewSchema, 200: notificationViewSchema },
        },
      },
      async (request, reply) => {
        const key = keyOf(request.headers['idempotency-key']);
        const by = callerOf(request);
        const { notification, made } = await sendByHand(context, request.body, { key, by });
        reply.status(made ? 202 : 200);
        return notification;
      },
    );
    app.get(
      '/notifications',
      {
        config: READ,
        schema: {
          querystring: listNotificationsSchema,
          response: { 200: pageSchema(notificationSummarySchema) },
        },
      },
      async (request) => await listNotifications(context, request.query),
    );
    app.get(
      '/notifications/templates',
      { config: READ, schema: { response: { 200: templatesSchema } } },
      async () => ({ items: await findTemplates(context.table), placeholders: PLACEHOLDERS }),
    );
    app.post(
      '/notifications/templates',
      { config: WRITE, schema: { body: templateSchema, response: { 200: templateViewSchema } } },
      async (request) => await setTemplate(context, request.body, callerOf(request)),
    );
    app.get(
      '/notifications/:notificationId',
      {
        config: READ,
        schema: {
          params: z.object({ notificationId: z.uuid() }),
          response: { 200: notificationViewSchema },
        },
      },
      async (request) => await getNotification(context, request.params.notificationId),
    );
  };
}

function keyOf(header: string | undefined): string {
  const key = z.uuid().safeParse(header);
  if (!key.success) throw new ButikError('IDEMPOTENCY_KEY_MISSING');
  return key.data.toLowerCase();
}
