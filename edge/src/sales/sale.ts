import { saleRecorded } from '@butik/proto/facts/sale-recorded';
import { z } from 'zod';
import { productReference } from '../catalogue/line-product.ts';

/**
 * So many lines fit into one fact of 1 MiB, and their request into the body limit, with names of 40 letters
 * and override reasons of `MAX_REASON`, each letter two bytes long. Real baskets are far below.
 */
const MAX_LINES = 1_200;
const MAX_REASON = 200;
const MAX_TENDERS = 20;
const MAX_QUANTITY = 1_000_000_000;
/** Ten million kronor a unit: keeps every sum of a sale far inside exact numbers. */
const MAX_MINOR = 1_000_000_000;

const lineInputSchema = productReference({
  /** Pieces or grams, a whole number above zero. */
  quantity: z.number().max(MAX_QUANTITY),
  override: z
    .strictObject({
      unitPriceMinor: z.number().max(MAX_MINOR),
      currency: z.string().max(8),
      reason: z.string().max(MAX_REASON).default(''),
    })
    .optional(),
});
export type LineInput = z.infer<typeof lineInputSchema>;

const tenderInputSchema = z.strictObject({
  /** `cash`, or `external`: paid on a terminal of its own and recorded as it is. */
  type: z.string().max(32),
  amountMinor: z
    .int()
    .min(-MAX_MINOR * MAX_LINES)
    .max(MAX_MINOR * MAX_LINES),
});
export type TenderInput = z.infer<typeof tenderInputSchema>;

const linesSchema = z.array(lineInputSchema).max(MAX_LINES);
const referenceSchema = z.string().min(1).max(64);

export const quoteRequestSchema = z.strictObject({ lines: linesSchema, cash: z.boolean().default(true) });
export type QuoteRequest = z.infer<typeof quoteRequestSchema>;

export const saleRequestSchema = z.strictObject({
  lines: linesSchema,
  tenders: z.array(tenderInputSchema).max(MAX_TENDERS),
  /** The shop's own, or CURRENCY_MISMATCH. */
  currency: z.string().max(8).optional(),
  reference: referenceSchema.optional(),
});
export type SaleRequest = z.infer<typeof saleRequestSchema>;

export const returnRequestSchema = saleRequestSchema.extend({
  /** The sale that the goods come from: they come back at its prices and VAT, and no more than it sold. */
  originalSaleId: z.uuid().optional(),
  reason: z.string().trim().min(1).max(MAX_REASON),
});
export type ReturnRequest = z.infer<typeof returnRequestSchema>;

const recorded = saleRecorded.payload.shape;

/** A sale or return as the till shows it. Quantities and amounts of a return are below zero. */
export const saleSchema = saleRecorded.payload.extend({
  receipt: recorded.receipt.extend({
    /** As printed, such as `1-1-000042`. */
    text: z.string(),
  }),
});
export type Sale = z.infer<typeof saleSchema>;

export const saleSummarySchema = saleSchema
  .pick({ saleId: true, kind: true, receipt: true, soldAt: true, businessDay: true, currency: true })
  .extend({
    reference: recorded.reference,
    totalMinor: recorded.totalMinor,
    payableMinor: recorded.payableMinor,
    /** How many lines it has. */
    lines: z.int(),
  });
export type SaleSummary = z.infer<typeof saleSummarySchema>;

export const quoteSchema = saleRecorded.payload.pick({
  lines: true,
  vat: true,
  totalMinor: true,
  roundingMinor: true,
  payableMinor: true,
  currency: true,
});
export type Quote = z.infer<typeof quoteSchema>;
