import type { OneSchema } from 'dynamodb-onetable';
import { outboxModels } from '../../kernel/outbox/outbox-models.ts';

/** The table `inventory`: stock movements for ever, and the level that they sum to, per shop and product. */
export const inventorySchema = {
  format: 'onetable:1.1.0',
  version: '1.0.0',
  indexes: {
    primary: { hash: 'pk', sort: 'sk' },
    gs1: { hash: 'gs1pk', sort: 'gs1sk', project: 'all' },
  },
  models: {
    Movement: {
      pk: { type: String, value: 'inventory#${shopId}#${stripeCode}' },
      sk: { type: String, value: '${type}#${date}#${movementId}' },
      /** All types together by time, which the primary key keeps apart. */
      gs1pk: { type: String, value: 'movements#${shopId}#${stripeCode}' },
      gs1sk: { type: String, value: '${movedAt}#${movementId}' },
      shopId: { type: String, required: true },
      stripeCode: { type: String, required: true },
      productId: { type: String, required: true },
      movementId: { type: String, required: true },
      type: { type: String, required: true, enum: ['sale', 'return', 'receipt', 'waste', 'adjustment'] },
      /** Day of the movement in UTC, YYYY-MM-DD. */
      date: { type: String, required: true },
      movedAt: { type: String, required: true },
      quantity: { type: Number, required: true },
      costMinor: { type: Number },
      currency: { type: String, required: true },
      batch: { type: String },
      expiresOn: { type: String },
      causeId: { type: String, required: true },
      factId: { type: String, required: true },
      createdAt: { type: Number, required: true },
    },
    Level: {
      pk: { type: String, value: 'inventory#${shopId}#${stripeCode}' },
      sk: { type: String, value: 'level' },
      gs1pk: { type: String, value: 'inventory#${shopId}' },
      gs1sk: { type: String, value: '${productId}#${stripeCode}' },
      shopId: { type: String, required: true },
      stripeCode: { type: String, required: true },
      productId: { type: String, required: true },
      totalStock: { type: Number, required: true },
      /** Sum of the FIFO costs that were known, in minor units. */
      totalValue: { type: Number, required: true },
      currency: { type: String, required: true },
      updatedAt: { type: Number, required: true },
    },
    /** One part of a fact has had its effect. */
    Applied: {
      pk: { type: String, value: 'fact#${factId}' },
      sk: { type: String, value: 'part#${part}' },
      factId: { type: String, required: true },
      part: { type: Number, required: true },
    },
    ...outboxModels,
  },
} as const satisfies OneSchema;
