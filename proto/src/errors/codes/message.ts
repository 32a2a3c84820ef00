import { defineCodes } from '../define-codes.ts';

export const messageCodes = defineCodes({
  MESSAGE_REFUSED: {
    kind: 'precondition',
    title: 'The message cannot be delivered to this address, now or later.',
    remedy: 'Correct the address or the content; `details.reason` is what the carrier said.',
  },
  NOTIFICATION_NOT_FOUND: {
    kind: 'not-found',
    title: 'No notification has this id.',
    remedy: 'List the notifications to find it.',
  },
});
