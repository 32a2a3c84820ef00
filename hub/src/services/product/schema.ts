import type { OneSchema } from 'dynamodb-onetable';
import { outboxModels } from '../../kernel/outbox/outbox-models.ts';
import { auditModels } from '../audit-entry.ts';

/** The table `products`: products, the codes that are taken, dated prices, imports, audit, outbox. */
export const productSchema = {
  format: 'onetable:1.1.0',
  version: '1.0.0',
  indexes: {
    primary: { hash: 'pk', sort: 'sk' },
    gs1: { hash: 'gs1pk', sort: 'gs1sk', project: 'all' },
    gs2: { hash: 'gs2pk', sort: 'gs2sk', project: 'all' },
  },
  models: {
    Product: {
      pk: { type: String, value: 'product#${productId}' },
      sk: { type: String, value: 'info' },
      gs1pk: { type: String, value: 'products' },
      gs1sk: { type: String, value: '${productId}' },
      gs2pk: { type: String, value: 'category#${category}' },
      gs2sk: { type: String, value: '${productId}' },
      productId: { type: String, required: true },
      code: { type: String, required: true },
      name: { type: String, required: true },
      description: { type: String },
      unit: { type: String, required: true, enum: ['piece', 'gram'] },
      vatCategory: {
        type: String,
        required: true,
        enum: ['standard', 'food', 'restaurant', 'culture', 'zero'],
      },
      category: { type: String },
      tags: { type: Array, required: true, items: { type: String } },
      attributes: { type: Object, required: true },
      active: { type: Boolean, required: true },
      /** The chain's prices that hold now or later; the price items beside it are the whole history. */
      chainPrices: {
        type: Array,
        required: true,
        items: {
          type: Object,
          schema: {
            amountMinor: { type: Number, required: true },
            currency: { type: String, required: true },
            validFrom: { type: String, required: true },
            validTo: { type: String },
          },
        },
      },
      version: { type: Number, required: true },
      createdAt: { type: Number, required: true },
      updatedAt: { type: Number, required: true },
    },
    /** Keeps codes unique: a product's code is written in the transaction that makes the product. */
    Code: {
      pk: { type: String, value: 'code#${key}' },
      sk: { type: String, value: 'info' },
      key: { type: String, required: true },
      productId: { type: String, required: true },
    },
    Price: {
      pk: { type: String, value: 'product#${productId}' },
      sk: { type: String, value: 'price#${scope}#${validFrom}' },
      productId: { type: String, required: true },
      scope: { type: String, required: true },
      amountMinor: { type: Number, required: true },
      currency: { type: String, required: true },
      validFrom: { type: String, required: true },
      validTo: { type: String },
      setAt: { type: Number, required: true },
      setBy: { type: String, required: true },
    },
    Import: {
      pk: { type: String, value: 'import#${importId}' },
      sk: { type: String, value: 'info' },
      gs1pk: { type: String, value: 'imports' },
      gs1sk: { type: String, value: '${importId}' },
      /** Present while there is work left: what a process goes on with when it starts again. */
      gs2pk: { type: String, value: 'unfinished#${worker}' },
      gs2sk: { type: String, value: '${importId}' },
      importId: { type: String, required: true },
      worker: { type: String },
      status: {
        type: String,
        required: true,
        enum: ['reading', 'applying', 'completed', 'refused', 'failed'],
      },
      fileName: { type: String, required: true },
      format: { type: String, required: true, enum: ['csv', 'xlsx'] },
      bytes: { type: Number, required: true },
      strict: { type: Boolean, required: true },
      vatCategory: { type: String, required: true },
      currency: { type: String, required: true },
      country: { type: String, required: true },
      by: { type: String, required: true },
      rows: { type: Number, required: true },
      created: { type: Number, required: true },
      updated: { type: Number, required: true },
      unchanged: { type: Number, required: true },
      rejected: { type: Number, required: true },
      /** Rows up to and with this one have had their effect. */
      appliedRow: { type: Number, required: true },
      failure: { type: Object },
      startedAt: { type: Number, required: true },
      finishedAt: { type: Number },
    },
    ImportErrors: {
      pk: { type: String, value: 'import#${importId}' },
      sk: { type: String, value: 'errors#${part}' },
      importId: { type: String, required: true },
      part: { type: String, required: true },
      errors: { type: Array, required: true },
    },
    ...auditModels,
    ...outboxModels,
  },
} as const satisfies OneSchema;
