import { defineCodes } from '../define-codes.ts';

export const catalogueCodes = defineCodes({
  PRODUCT_NOT_FOUND: {
    kind: 'not-found',
    title: 'No product has this id or code.',
    remedy: 'Search for it by name; a new product must first be made at the hub.',
  },
  PRODUCT_EXISTS: {
    kind: 'exists',
    title: 'Another product has this code already.',
    remedy: 'Change the product named in `details.productId`, or use another code.',
  },
  PRODUCT_CHANGED: {
    kind: 'conflict',
    title: 'The product was changed by someone else in the meantime.',
    remedy: 'Read it again and make the change on what it is now.',
  },
  PRICE_MISSING: {
    kind: 'precondition',
    title: 'The product has no price that is valid now.',
    remedy: 'Set a price at the hub, or sell at an overridden price with a reason.',
  },
  CODE_INVALID: {
    kind: 'invalid',
    title: 'The barcode is not valid.',
    remedy: 'Scan it again; `details.reason` says what is wrong with it.',
  },
  CURRENCY_MISMATCH: {
    kind: 'invalid',
    title: 'The amount is in another currency than the shop.',
    remedy: 'Send amounts in the shop’s own currency, `details.expected`.',
  },
  CURRENCY_UNKNOWN: {
    kind: 'invalid',
    title: 'There is no currency with this code.',
    remedy: 'Use an ISO 4217 code in upper case, such as SEK.',
  },
  VAT_RATE_UNKNOWN: {
    kind: 'invalid',
    title: 'No VAT rate is known for this country, category and day.',
    remedy: 'Correct the values in `details`; a new country is added in domain/src/vat/rate-tables.ts.',
  },
});
