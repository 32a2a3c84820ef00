import { ButikError } from '@butik/proto/errors/butik-error';
import type { z } from 'zod';

/** The message as its schema reads it. Throws MESSAGE_REFUSED with the field and what is wrong with it. */
export function checkMessage<Message>(schema: z.ZodType<Message>, message: Message): Message {
  const parsed = schema.safeParse(message);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const reason = `${issue?.path.join('.') || 'message'}: ${issue?.message}`;
  throw new ButikError('MESSAGE_REFUSED', {
    message: `Not a message that can be sent: ${reason}`,
    details: { reason },
  });
}
