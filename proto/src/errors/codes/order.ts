import { defineCodes } from '../define-codes.ts';

export const orderCodes = defineCodes({
  ORDER_NOT_FOUND: {
    kind: 'not-found',
    title: 'No order has this id.',
    remedy: 'List the shop’s orders to find it.',
  },
  ORDER_TRANSITION_ILLEGAL: {
    kind: 'precondition',
    title: 'An order in this state cannot go to that state.',
    remedy: 'Read the order; `details.from` and `details.to` name the step that was refused.',
  },
  ORDER_CONFLICT: {
    kind: 'conflict',
    title: 'Another sale with this id is recorded already, with other content.',
    remedy: 'Compare the two in quarantine; a correction is a new sale.',
  },
  PRODUCT_NOT_FOR_SALE: {
    kind: 'precondition',
    title: 'The chain does not sell this product any more.',
    remedy: 'Order without the line named in `details.line`, or make the product active again.',
  },
});
