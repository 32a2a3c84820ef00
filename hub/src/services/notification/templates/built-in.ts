import { type Template, templateIdOf } from './template.ts';

const sv = { language: 'sv', recipient: 'customer', active: true } as const;
const en = { language: 'en', recipient: 'customer', active: true } as const;

/** What customers are told unless head office sets it otherwise. */
const BUILT_IN: readonly Omit<Template, 'templateId'>[] = [
  {
    ...sv,
    event: 'OrderConfirmed',
    channel: 'email',
    subject: 'Tack för din beställning',
    body: 'Hej!\n\nDin beställning är bekräftad.\n\n{{order.lines}}\n\nAtt betala: {{order.total}}\n\nBeställning {{order.id}}',
  },
  {
    ...en,
    event: 'OrderConfirmed',
    channel: 'email',
    subject: 'Thank you for your order',
    body: 'Hello!\n\nYour order is confirmed.\n\n{{order.lines}}\n\nTotal: {{order.total}}\n\nOrder {{order.id}}',
  },
  {
    ...sv,
    event: 'OrderConfirmed',
    channel: 'sms',
    subject: null,
    body: 'Din beställning är bekräftad. Att betala: {{order.total}}. Beställning {{order.id}}',
  },
  {
    ...en,
    event: 'OrderConfirmed',
    channel: 'sms',
    subject: null,
    body: 'Your order is confirmed. Total: {{order.total}}. Order {{order.id}}',
  },
  {
    ...sv,
    event: 'OrderCancelled',
    channel: 'email',
    subject: 'Din beställning är avbruten',
    body: 'Hej!\n\nDin beställning är avbruten. Har du redan betalat får du pengarna tillbaka.\n\n{{order.lines}}\n\nBeställning {{order.id}}',
  },
  {
    ...en,
    event: 'OrderCancelled',
    channel: 'email',
    subject: 'Your order is cancelled',
    body: 'Hello!\n\nYour order is cancelled. If you have paid already, you get your money back.\n\n{{order.lines}}\n\nOrder {{order.id}}',
  },
  {
    ...sv,
    event: 'OrderCancelled',
    channel: 'sms',
    subject: null,
    body: 'Din beställning är avbruten. Har du redan betalat får du pengarna tillbaka. Beställning {{order.id}}',
  },
  {
    ...en,
    event: 'OrderCancelled',
    channel: 'sms',
    subject: null,
    body: 'Your order is cancelled. If you have paid already, you get your money back. Order {{order.id}}',
  },
];

export const BUILT_IN_TEMPLATES: readonly Template[] = BUILT_IN.map((template) => ({
  ...template,
  templateId: templateIdOf(template),
}));
