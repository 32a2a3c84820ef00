import { defineCodes } from '../define-codes.ts';

export const stockCodes = defineCodes({
  INVENTORY_NOT_FOUND: {
    kind: 'not-found',
    title: 'This product has never been in this shop.',
    remedy: 'Receive it into the shop first.',
  },
  MOVEMENT_EXISTS: {
    kind: 'exists',
    title: 'A stock movement with this id exists with other content.',
    remedy: 'Use a fresh id for a new movement.',
  },
});
