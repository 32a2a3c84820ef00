import { defineCodes } from '../define-codes.ts';

export const paymentCodes = defineCodes({
  PAYMENT_NOT_FOUND: {
    kind: 'not-found',
    title: 'No payment has this id.',
    remedy: 'List the payments of the order to find it.',
  },
  PAYMENT_TRANSITION_ILLEGAL: {
    kind: 'precondition',
    title: 'A payment in this state cannot go to that state.',
    remedy: 'Read the payment; `details.from` and `details.to` name the step that was refused.',
  },
  PAYMENT_CONFLICT: {
    kind: 'conflict',
    title: 'A payment or refund with this id exists with other content.',
    remedy: 'Use a fresh id for a new one; repeat an old one with the same content.',
  },
  PAYMENT_METHOD_UNAVAILABLE: {
    kind: 'precondition',
    title: 'Nobody can pay in this way here.',
    remedy: 'Choose one of `details.methods`, or configure a gateway for this method.',
  },
  REFUND_EXCEEDS_PAYMENT: {
    kind: 'precondition',
    title: 'More would be given back than was paid.',
    remedy: 'Refund at most `details.refundableMinor`.',
  },
});
