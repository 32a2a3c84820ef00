import type { Table } from 'dynamodb-onetable';
import type { Clock } from '../../../kernel/clock.ts';
import type { notificationSchema } from '../schema.ts';
import { BUILT_IN_TEMPLATES } from './built-in.ts';
import { type Template, type TemplateContent, templateIdOf } from './template.ts';

/** More than these are refused when they are set: one event's messages are written in one transaction of 100 items. */
export const MAX_TEMPLATES = 90;
const REMEMBERED_MS = 5_000;

/** All templates: head office's own take the place of built-in ones with the same key. */
export async function findTemplates(
  table: Table<typeof notificationSchema>,
  event?: TemplateContent['event'],
): Promise<(Template & { updatedAt: string | null })[]> {
  const own = await table
    .getModel('Template')
    .find(event === undefined ? {} : { sk: { begins: `${event}#` } }, {
      limit: MAX_TEMPLATES,
      consistent: true,
    });
  const byId = new Map<string, Template & { updatedAt: string | null }>();
  for (const template of BUILT_IN_TEMPLATES) byId.set(template.templateId, { ...template, updatedAt: null });
  for (const { channel, language, recipient, subject = null, body, active, updatedAt, ...item } of own) {
    const content = { event: item.event as TemplateContent['event'], channel, language, recipient };
    const templateId = templateIdOf(content);
    byId.set(templateId, { ...content, templateId, subject, body, active, updatedAt });
  }
  return [...byId.values()].filter((template) => event === undefined || template.event === event);
}

/**
 * Whether anybody is to be told of an event. Asked for every sale of the chain, so the answer is remembered for a few
 * seconds; a template that was set in another process counts a little later here.
 */
export function rememberTold(
  table: Table<typeof notificationSchema>,
  clock: Clock,
): (event: TemplateContent['event']) => Promise<boolean> {
  const remembered = new Map<string, { told: boolean; untilMs: number }>();
  return async (event) => {
    const known = remembered.get(event);
    if (known && clock.now() < known.untilMs) return known.told;
    const told = (await findTemplates(table, event)).some(({ active }) => active);
    remembered.set(event, { told, untilMs: clock.now() + REMEMBERED_MS });
    return told;
  };
}
