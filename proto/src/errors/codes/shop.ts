import { defineCodes } from '../define-codes.ts';

export const shopCodes = defineCodes({
  SHOP_NOT_FOUND: {
    kind: 'not-found',
    title: 'No shop has this id.',
    remedy: 'List the shops to find it.',
  },
  SHOP_EXISTS: {
    kind: 'exists',
    title: 'A shop with this id exists with other content.',
    remedy: 'Use a fresh id, or change the shop that is there.',
  },
  SHOP_CHANGED: {
    kind: 'conflict',
    title: 'The shop was changed by someone else in the meantime.',
    remedy: 'Read it again and make the change on what it is now.',
  },
  ENROLMENT_TOKEN_INVALID: {
    kind: 'unauthenticated',
    title: 'The enrolment token is not one that this hub gave out.',
    remedy: 'Copy it whole, or make a new one with `butik shop enrol`.',
  },
  ENROLMENT_TOKEN_USED: {
    kind: 'precondition',
    title: 'The enrolment token has been used.',
    remedy: 'Make a new one with `butik shop enrol`; a token enrols one box once.',
  },
  ENROLMENT_TOKEN_EXPIRED: {
    kind: 'precondition',
    title: 'The enrolment token has expired.',
    remedy: 'Make a new one with `butik shop enrol` and use it within its ten minutes.',
  },
  NODE_NOT_FOUND: {
    kind: 'not-found',
    title: 'No box with this identity is enrolled.',
    remedy: 'Enrol the box with `butik-edge enrol`.',
  },
});
