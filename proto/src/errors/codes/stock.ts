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
  STOCK_LEVEL_CONFLICT: {
    kind: 'conflict',
    title: 'This code is another product’s in this shop, or its level is in another currency.',
    remedy:
      'Use the code of the product itself, and the currency of the shop; `details` names what the level has.',
  },
  STOCK_NOT_RESERVABLE: {
    kind: 'precondition',
    title: 'The shop has not enough of these goods to sell online.',
    remedy: 'Order less of the lines in `details.lines`, or grant more rights to sell online from that shop.',
  },
  RESERVATION_NOT_FOUND: {
    kind: 'not-found',
    title: 'No reservation has this id.',
    remedy: 'Reserve the goods first.',
  },
  RESERVATION_RELEASED: {
    kind: 'precondition',
    title: 'This reservation was released and holds nothing any more.',
    remedy: 'Make a new reservation with a fresh id.',
  },
  RESERVATION_CONFLICT: {
    kind: 'conflict',
    title: 'A reservation with this id exists with other content.',
    remedy: 'Use a fresh id for a new reservation; repeat an old one with the same content.',
  },
  RIGHTS_GRANT_EXISTS: {
    kind: 'exists',
    title: 'A grant of rights with this id exists with other content.',
    remedy: 'Use a fresh id for a new grant; repeat an old one with the same content.',
  },
  RIGHTS_NOT_AVAILABLE: {
    kind: 'precondition',
    title: 'So many rights to sell online cannot be taken back: they are held or sold.',
    remedy: 'Take back at most `details.available`, or cancel orders first.',
  },
});
