import type { OneSchema } from 'dynamodb-onetable';
import { auditModels } from '../audit-entry.ts';

/** The table `notifications`: what was told to whom, the events that it came from, templates, audit. */
export const notificationSchema = {
  format: 'onetable:1.1.0',
  version: '1.0.0',
  indexes: {
    primary: { hash: 'pk', sort: 'sk' },
    gs1: { hash: 'gs1pk', sort: 'gs1sk', project: 'all' },
    gs2: { hash: 'gs2pk', sort: 'gs2sk', project: 'all' },
    gs3: { hash: 'gs3pk', sort: 'gs3sk', project: 'all' },
    gs4: { hash: 'gs4pk', sort: 'gs4sk', project: 'all' },
  },
  models: {
    Notification: {
      pk: { type: String, value: 'notification#${notificationId}' },
      sk: { type: String, value: 'info' },
      /** All by time, those about an order, those to a user. */
      gs1pk: { type: String, value: 'notifications' },
      gs1sk: { type: String, value: '${createdAt}#${notificationId}' },
      gs2pk: { type: String, value: 'order#${orderId}' },
      gs2sk: { type: String, value: '${createdAt}#${notificationId}' },
      gs3pk: { type: String, value: 'user#${userId}' },
      gs3sk: { type: String, value: '${createdAt}#${notificationId}' },
      /** What is not settled, the longest untouched first: an item without `touchedAt` is not in this index. */
      gs4pk: { type: String, value: 'pending' },
      gs4sk: { type: String, value: '${touchedAt}#${notificationId}' },
      notificationId: { type: String, required: true },
      channel: { type: String, required: true, enum: ['email', 'sms', 'push'] },
      /** Address, telephone number or the device's registration token. */
      to: { type: String, required: true },
      subject: { type: String },
      text: { type: String, required: true },
      language: { type: String },
      /** What it tells of; none of them when somebody sent it by hand. */
      event: { type: String },
      eventId: { type: String },
      templateId: { type: String },
      orderId: { type: String },
      userId: { type: String },
      /** Of a request by hand: the same one again is the same content. */
      contentHash: { type: String },
      status: { type: String, required: true, enum: ['pending', 'sent', 'failed'] },
      /** Every attempt to deliver it: `at`, the carrier that took it, or the code and reason why none did. */
      attempts: { type: Array, required: true },
      carrier: { type: String },
      carrierId: { type: String },
      sentAt: { type: String },
      traceparent: { type: String },
      /** ISO 8601 in UTC, both; `touchedAt` only while it is pending. */
      createdAt: { type: String, required: true },
      touchedAt: { type: String },
    },
    /** An event that was taken: durable before the bus forgets it, and once for all its deliveries. */
    Occurrence: {
      pk: { type: String, value: 'occurrence#${eventId}' },
      sk: { type: String, value: 'info' },
      gs4pk: { type: String, value: 'open-occurrences' },
      gs4sk: { type: String, value: '${touchedAt}#${eventId}' },
      eventId: { type: String, required: true },
      event: { type: String, required: true },
      orderId: { type: String, required: true },
      status: { type: String, required: true, enum: ['open', 'done', 'given-up'] },
      attempts: { type: Number, required: true },
      /** Why it was given up. */
      reason: { type: String },
      traceparent: { type: String },
      touchedAt: { type: String },
    },
    /** A template of head office, in place of a built-in one with the same key or beside them. */
    Template: {
      pk: { type: String, value: 'templates' },
      sk: { type: String, value: '${event}#${templateId}' },
      templateId: { type: String, required: true },
      event: { type: String, required: true },
      channel: { type: String, required: true, enum: ['email', 'sms', 'push'] },
      language: { type: String, required: true },
      recipient: { type: String, required: true },
      subject: { type: String },
      body: { type: String, required: true },
      active: { type: Boolean, required: true },
      updatedAt: { type: String, required: true },
    },
    ...auditModels,
  },
} as const satisfies OneSchema;
