import { z } from 'zod';
import { defineFact } from './define-fact.ts';

/** One line of a sale or return. Quantity and amount are signed: negative on a return. */
export const saleLineSchema = z.strictObject({
  productId: z.uuid(),
  code: z.string(),
  name: z.string(),
  unit: z.enum(['piece', 'gram']),
  quantity: z.int(),
  listPriceMinor: z.int().nullable(),
  unitPriceMinor: z.int(),
  overrideReason: z.string().optional(),
  vatCategory: z.string(),
  rateBp: z.int(),
  amountMinor: z.int(),
});
export type SaleLine = z.infer<typeof saleLineSchema>;

export const vatLineSchema = z.strictObject({
  rateBp: z.int(),
  grossMinor: z.int(),
  netMinor: z.int(),
  vatMinor: z.int(),
});

export const tenderSchema = z.strictObject({ type: z.string(), amountMinor: z.int() });

/**
 * A sale or return as the shop made it: an immutable snapshot. The hub takes it as it is and never
 * recomputes price, VAT or business day. The shop is known from the box's identity, not from here.
 */
export const saleRecorded = defineFact({
  type: 'sale.recorded',
  version: 1,
  channel: 'orders',
  payload: z.strictObject({
    saleId: z.uuid(),
    kind: z.enum(['sale', 'return']),
    receipt: z.strictObject({
      till: z.string(),
      epoch: z.int(),
      number: z.int(),
      journalHash: z.string(),
    }),
    /** ISO 8601 in UTC, by the shop's clock. */
    soldAt: z.iso.datetime(),
    /** YYYY-MM-DD in the shop's time zone. */
    businessDay: z.iso.date(),
    currency: z.string(),
    /** The caller's own reference, such as an invoice number. */
    reference: z.string().optional(),
    originalSaleId: z.uuid().optional(),
    /** Why goods came back. */
    reason: z.string().optional(),
    lines: z.array(saleLineSchema).min(1),
    vat: z.array(vatLineSchema),
    /** Sum of the lines, VAT included, before cash rounding. */
    totalMinor: z.int(),
    roundingMinor: z.int(),
    /** What the tenders had to cover: total + rounding. */
    payableMinor: z.int(),
    tenders: z.array(tenderSchema),
    changeMinor: z.int(),
  }),
});
export type SaleRecorded = z.infer<typeof saleRecorded.payload>;
