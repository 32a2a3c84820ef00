import { z } from 'zod';
import { mailSchema, manyLines, oneLine, pushSchema, smsSchema } from '../../../kernel/messages/messages.ts';
import { unknownPlaceholders } from './render.ts';

/** The events that can be told of. */
export const TOLD_EVENTS = ['OrderCreated', 'OrderConfirmed', 'OrderCancelled', 'PaymentProcessed'] as const;

export const CHANNELS = ['email', 'sms', 'push'] as const;
export type Channel = (typeof CHANNELS)[number];

/** What each channel takes as an address. */
export const addressSchemas = {
  email: mailSchema.shape.to,
  sms: smsSchema.shape.to,
  push: pushSchema.shape.to,
} as const satisfies Record<Channel, z.ZodType>;

/** Text that a mail or a push shows as its heading. */
export const subjectSchema = oneLine(200).trim().min(1);

export const templateSchema = z
  .strictObject({
    event: z.enum(TOLD_EVENTS),
    channel: z.enum(CHANNELS),
    /** ISO 639: sv, en. */
    language: z.string().regex(/^[a-z]{2,3}$/, 'A language is two or three small letters.'),
    /** `customer`, or a fixed address of the channel, such as that of head office. */
    recipient: z.string().min(1).max(900).default('customer'),
    /** None in an SMS. */
    subject: subjectSchema.nullable().default(null),
    /** Plain text with placeholders; a mail's HTML is made from it. */
    body: manyLines(5_000).trim().min(1),
    /** A template that is not active is not sent; so a built-in one is turned off. */
    active: z.boolean().default(true),
  })
  .superRefine(({ channel, recipient, subject, body }, { addIssue }) => {
    const refuse = (path: string, message: string) => addIssue({ code: 'custom', path: [path], message });
    if (channel === 'push' && recipient === 'customer')
      refuse('recipient', 'Nobody knows the devices of customers yet.');
    else if (recipient !== 'customer' && !addressSchemas[channel].safeParse(recipient).success)
      refuse('recipient', `It is neither customer nor an address for ${channel}.`);
    if ((channel === 'sms') !== (subject === null))
      refuse('subject', 'Mail and push have a subject, an SMS has none.');
    for (const [path, text] of Object.entries({ subject: subject ?? '', body })) {
      const unknown = unknownPlaceholders(text);
      if (unknown.length > 0) refuse(path, `There is no placeholder {{${unknown[0]}}}.`);
    }
  });
export type TemplateContent = z.output<typeof templateSchema>;

export interface Template extends TemplateContent {
  templateId: string;
}

/** There is one template for each event, channel, language and recipient. */
export function templateIdOf(
  template: Pick<Template, 'event' | 'channel' | 'language' | 'recipient'>,
): string {
  return [template.event, template.channel, template.language, template.recipient].join('/');
}
