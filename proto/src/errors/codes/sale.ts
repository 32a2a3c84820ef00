import { defineCodes } from '../define-codes.ts';

export const saleCodes = defineCodes({
  SALE_NOT_FOUND: {
    kind: 'not-found',
    title: 'No sale has this id.',
    remedy: 'Look it up by its receipt number.',
  },
  SALE_EMPTY: {
    kind: 'invalid',
    title: 'The sale has no lines.',
    remedy: 'Add at least one product.',
  },
  QUANTITY_INVALID: {
    kind: 'invalid',
    title: 'The quantity must be a whole number above zero.',
    remedy: 'Send pieces or grams as a positive whole number; goods that come back are a return.',
  },
  PRICE_INVALID: {
    kind: 'invalid',
    title: 'The price must be a whole number of minor units, zero or more.',
    remedy: 'Send the price in öre (or the currency’s smallest unit).',
  },
  OVERRIDE_REASON_MISSING: {
    kind: 'invalid',
    title: 'A price was overridden without a reason.',
    remedy: 'Say why in `override.reason`.',
  },
  TENDER_INSUFFICIENT: {
    kind: 'precondition',
    title: 'The payment does not cover the total.',
    remedy: 'Take the missing amount, `details.missingMinor`.',
  },
  TENDER_EXCESSIVE: {
    kind: 'precondition',
    title: 'More was tendered than is owed, and only cash gives change.',
    remedy: 'Lower the tender to what is owed, or take the difference in cash.',
  },
  TENDER_UNSUPPORTED: {
    kind: 'invalid',
    title: 'The shop does not take this kind of payment.',
    remedy: 'Use one of `details.supported`.',
  },
  TENDER_INVALID: {
    kind: 'invalid',
    title: 'A tender is not a whole amount of minor units with the sign of what is owed.',
    remedy: 'Send whole minor units: above zero on a sale, below zero on a return.',
  },
  RETURN_EXCEEDS_SALE: {
    kind: 'precondition',
    title: 'More comes back than was sold and not yet returned.',
    remedy:
      'Return at most `details.returnable` of `details.code`, or make the return without the original sale.',
  },
  RETURN_PRICE_EXCEEDS_SALE: {
    kind: 'precondition',
    title: 'More would be paid back for the goods than was paid for them.',
    remedy: 'Override with at most `details.soldUnitPriceMinor`, or leave the override out.',
  },
});
