import type { OneSchema } from 'dynamodb-onetable';
import { outboxModels } from '../../kernel/outbox/outbox-models.ts';
import { auditModels } from '../audit-entry.ts';

/**
 * The table `inventory`: stock movements for ever and the level that they sum to, per shop and product; beside
 * them the rights to sell online, what spends them, and the audit log.
 */
export const inventorySchema = {
  format: 'onetable:1.1.0',
  version: '1.0.0',
  indexes: {
    primary: { hash: 'pk', sort: 'sk' },
    gs1: { hash: 'gs1pk', sort: 'gs1sk', project: 'all' },
    gs2: { hash: 'gs2pk', sort: 'gs2sk', project: 'all' },
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
      /** The shop's fact that told of it; a movement of head office has none. */
      factId: { type: String },
      createdAt: { type: Number, required: true },
    },
    Level: {
      pk: { type: String, value: 'inventory#${shopId}#${stripeCode}' },
      sk: { type: String, value: 'level' },
      gs1pk: { type: String, value: 'inventory#${shopId}' },
      gs1sk: { type: String, value: '${productId}#${stripeCode}' },
      /** What is low, shop by shop: a level without `lowSince` is not in this index. */
      gs2pk: { type: String, value: 'low-stock' },
      gs2sk: { type: String, value: '${shopId}#${lowSince}#${productId}' },
      shopId: { type: String, required: true },
      stripeCode: { type: String, required: true },
      productId: { type: String, required: true },
      totalStock: { type: Number, required: true },
      /** Sum of the FIFO costs that were known, in minor units. */
      totalValue: { type: Number, required: true },
      currency: { type: String, required: true },
      lowStockThreshold: { type: Number },
      /** ISO 8601 in UTC; set while the level is below its threshold. */
      lowSince: { type: String },
      updatedAt: { type: Number, required: true },
    },
    /** One part of a fact, or a movement of head office, has had its effect. */
    Applied: {
      pk: { type: String, value: 'fact#${factId}' },
      sk: { type: String, value: 'part#${part}' },
      factId: { type: String, required: true },
      part: { type: Number, required: true },
      /** Of head office's request: the same one again is the same content. */
      contentHash: { type: String },
    },
    /** How much of a product the hub may sell online from a shop: `available` is what is neither held nor sold. */
    OnlineRights: {
      pk: { type: String, value: 'rights#${shopId}#${productId}' },
      sk: { type: String, value: 'rights' },
      gs1pk: { type: String, value: 'rights#${shopId}' },
      gs1sk: { type: String, value: '${productId}' },
      shopId: { type: String, required: true },
      productId: { type: String, required: true },
      granted: { type: Number, required: true },
      available: { type: Number, required: true },
      updatedAt: { type: Number, required: true },
    },
    RightsGrant: {
      pk: { type: String, value: 'rights-grant#${grantId}' },
      sk: { type: String, value: 'grant' },
      grantId: { type: String, required: true },
      shopId: { type: String, required: true },
      productId: { type: String, required: true },
      /** Signed: negative takes rights back. */
      quantity: { type: Number, required: true },
      createdAt: { type: Number, required: true },
    },
    Reservation: {
      pk: { type: String, value: 'reservation#${reservationId}' },
      sk: { type: String, value: 'reservation' },
      gs1pk: { type: String, value: 'reservations#${orderId}' },
      gs1sk: { type: String, value: '${reservationId}' },
      reservationId: { type: String, required: true },
      orderId: { type: String, required: true },
      shopId: { type: String, required: true },
      status: { type: String, required: true, enum: ['held', 'confirmed', 'released'] },
      /** Each product once, in the order of the ids; none when it was released before it was made. */
      lines: {
        type: Array,
        required: true,
        items: {
          type: Object,
          schema: {
            productId: { type: String, required: true },
            quantity: { type: Number, required: true },
          },
        },
      },
      /** Why it was released. */
      reason: { type: String },
      createdAt: { type: Number, required: true },
      updatedAt: { type: Number, required: true },
    },
    ...auditModels,
    ...outboxModels,
  },
} as const satisfies OneSchema;
