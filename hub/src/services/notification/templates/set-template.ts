import { ButikError } from '@butik/proto/errors/butik-error';
import { putAudit } from '../../audit-entry.ts';
import { transact } from '../../transact.ts';
import type { NotificationContext } from '../notification-context.ts';
import { findTemplates, MAX_TEMPLATES } from './find-templates.ts';
import { type Template, type TemplateContent, templateIdOf } from './template.ts';

/** Sets head office's template for its event, channel, language and recipient. Throws REQUEST_INVALID when there are too many. */
export async function setTemplate(
  { table, kernel }: NotificationContext,
  content: TemplateContent,
  by: string,
): Promise<Template & { updatedAt: string }> {
  const templateId = templateIdOf(content);
  const there = await findTemplates(table);
  if (there.length >= MAX_TEMPLATES && !there.some((template) => template.templateId === templateId)) {
    throw new ButikError('REQUEST_INVALID', { message: `There are ${MAX_TEMPLATES} templates already.` });
  }
  const updatedAt = new Date(kernel.clock.now()).toISOString();
  const { subject, ...rest } = content;
  const transaction = {};
  await table
    .getModel('Template')
    .create(
      { ...rest, ...(subject !== null && { subject }), templateId, updatedAt },
      { transaction, exists: null },
    );
  const audit = { subject: 'templates', auditId: kernel.newId(), at: updatedAt, by, action: 'template-set' };
  await putAudit(table, { ...audit, change: content }, transaction);
  await transact(table, transaction);
  return { ...content, templateId, updatedAt };
}
