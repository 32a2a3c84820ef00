import type { OneSchema } from 'dynamodb-onetable';
import { outboxModels } from '../../kernel/outbox/outbox-models.ts';
import { auditModels } from '../audit-entry.ts';

/** The table `shops`: shops, enrolment tokens (their digests only), boxes by epoch, audit, outbox. */
export const shopSchema = {
  format: 'onetable:1.1.0',
  version: '1.0.0',
  indexes: {
    primary: { hash: 'pk', sort: 'sk' },
    gs1: { hash: 'gs1pk', sort: 'gs1sk', project: 'all' },
  },
  models: {
    Shop: {
      pk: { type: String, value: 'shop#${shopId}' },
      sk: { type: String, value: 'info' },
      gs1pk: { type: String, value: 'shops' },
      gs1sk: { type: String, value: '${shopId}' },
      shopId: { type: String, required: true },
      name: { type: String, required: true },
      currency: { type: String, required: true },
      country: { type: String, required: true },
      timeZone: { type: String, required: true },
      fiscalMode: { type: String, required: true, enum: ['manned', 'exempt-unmanned'] },
      orgNumber: { type: String },
      address: { type: Object, required: true, nulls: true },
      settings: { type: Object, required: true, nulls: true },
      environment: { type: String, required: true, enum: ['prod', 'demo', 'master'] },
      groupIds: { type: Array, required: true, items: { type: String } },
      /** The shop's box: one id for its life; the epoch counts the boxes that have borne it. */
      nodeId: { type: String, required: true },
      epoch: { type: Number, required: true },
      version: { type: Number, required: true },
      createdAt: { type: Number, required: true },
      updatedAt: { type: Number, required: true },
    },
    EnrolmentToken: {
      pk: { type: String, value: 'enrolment#${digest}' },
      sk: { type: String, value: 'info' },
      /** SHA-256 of the token, hex; the token itself is shown once and kept nowhere. */
      digest: { type: String, required: true },
      shopId: { type: String, required: true },
      createdAt: { type: Number, required: true },
      expiresAt: { type: Number, required: true },
      usedAt: { type: Number },
      /** The key and epoch of the box that used it, so that a lost answer can be given again. */
      publicKeyX: { type: String },
      epoch: { type: Number },
    },
    Node: {
      pk: { type: String, value: 'node#${nodeId}' },
      sk: { type: String, value: 'epoch#${epochKey}' },
      /** The epoch in ten digits, so that keys sort as numbers do. */
      epochKey: { type: String, required: true },
      nodeId: { type: String, required: true },
      epoch: { type: Number, required: true },
      shopId: { type: String, required: true },
      /** Ed25519 public key: the JWK's x. */
      publicKeyX: { type: String, required: true },
      enrolledAt: { type: Number, required: true },
      fencedAt: { type: Number },
      fencedReason: { type: String },
    },
    ...auditModels,
    ...outboxModels,
  },
} as const satisfies OneSchema;

export function epochKey(epoch: number): string {
  return String(epoch).padStart(10, '0');
}
