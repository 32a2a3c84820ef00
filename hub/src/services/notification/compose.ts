import type { GetOrderResponse } from '@butik/proto/gen/butik/order/v1/order';
import { orderValues } from './templates/placeholders.ts';
import { renderText } from './templates/render.ts';
import type { Channel, Template } from './templates/template.ts';

/** A message to one person or address, ready to be sent. */
export interface Draft {
  templateId: string;
  channel: Channel;
  to: string;
  language: string;
  subject: string | null;
  text: string;
}

/** Spoken where the customer's own language has no template. */
const DEFAULT_LANGUAGE = 'sv';
/** What carriers take; a longer text is cut. */
const MAX_CHARACTERS: Record<Channel, number> = { email: 20_000, sms: 1_530, push: 700 };
const MAX_SUBJECT_CHARACTERS = 200;

/**
 * What is to be said of an order, to whom: one message to the customer, by mail where there is an address and by SMS
 * where there is only a telephone number, and one to each fixed address. Nothing for a customer whom nobody can reach.
 */
export function compose(order: GetOrderResponse, templates: readonly Template[]): Draft[] {
  const active = templates.filter((template) => template.active);
  const fixed = active.filter(({ recipient }) => recipient !== 'customer');
  const drafts = fixed.map((template) => draft(order, template, template.recipient));
  const toCustomer = active.filter(({ recipient }) => recipient === 'customer');
  const ways = [
    ['email', order.contact?.email],
    ['sms', order.contact?.phone],
  ] as const;
  for (const [channel, to] of ways) {
    if (!to) continue;
    const template = inLanguage(
      toCustomer.filter((one) => one.channel === channel),
      order.contact?.language ?? '',
    );
    if (template) return [draft(order, template, to), ...drafts];
  }
  return drafts;
}

function inLanguage(templates: readonly Template[], wanted: string): Template | undefined {
  const [spoken = ''] = wanted.toLowerCase().split('-');
  const has = (language: string) => templates.find((template) => template.language === language);
  return has(spoken) ?? has(DEFAULT_LANGUAGE) ?? templates[0];
}

function draft(order: GetOrderResponse, template: Template, to: string): Draft {
  const { templateId, channel, language, subject, body } = template;
  const values = orderValues(order, language);
  return {
    templateId,
    channel,
    to,
    language,
    // A list of lines in a subject would break the header.
    subject: subject && cut(renderText(subject, values).replace(/\p{Cc}+/gu, ' '), MAX_SUBJECT_CHARACTERS),
    text: cut(renderText(body, values), MAX_CHARACTERS[channel]),
  };
}

/** Half of a surrogate pair would make the whole message one that nobody takes. */
function cut(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const kept = text.slice(0, characters - 1).replace(/\p{Cs}$/u, '');
  return `${kept.trimEnd()}…`;
}
