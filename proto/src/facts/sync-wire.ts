import { z } from 'zod';
import { traceparentSchema } from '../telemetry/traceparent.ts';
import { CHANNELS } from './define-fact.ts';

/** Limits of one push, obeyed by the shop and enforced by the hub. */
export const MAX_BATCH_BYTES = 1_048_576;
export const MAX_BATCH_FACTS = 1_000;

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * Both sides pass over fields that they do not know, so that a newer one can talk to an older one. Such a
 * field may only tell what can be done without: it is in no hash, it is not kept, and it decides nothing.
 */

/** A fact as it crosses the wire. `payload` is JSON text, so that both sides hash the same bytes. */
export const factSchema = z.object({
  id: z.uuid(),
  channel: z.enum(CHANNELS),
  seq: z.int().positive(),
  hlc: z.string(),
  type: z.string(),
  version: z.int().positive(),
  aggregate: z.string(),
  payload: z.string(),
  prevHash: sha256Hex,
  hash: sha256Hex,
  /** The trace of what made the fact, where the shop traces. Not hashed; one that is none is dropped, not refused. */
  traceparent: traceparentSchema.optional().catch(undefined),
});
export type Fact = z.infer<typeof factSchema>;

/** `POST /sync/v1/push`: consecutive facts of one channel, JSON in one of `CONTENT_ENCODINGS`. */
export const pushRequestSchema = z.object({
  node: z.uuid(),
  epoch: z.int().positive(),
  channel: z.enum(CHANNELS),
  facts: z.array(factSchema).min(1).max(MAX_BATCH_FACTS),
});
export type PushRequest = z.infer<typeof pushRequestSchema>;

/** In the order of preference. Every hub takes gzip; the others only where its answers have them in `accept-encoding`. */
export const CONTENT_ENCODINGS = ['zstd', 'gzip'] as const;
export type ContentEncoding = (typeof CONTENT_ENCODINGS)[number];

/** On a push, so that a hub under load need not inflate it to know whether it takes it now. */
export const CHANNEL_HEADER = 'butik-channel';
/** On every request: the box's own clock, epoch milliseconds. It is reported, nothing goes by it. */
export const CLOCK_HEADER = 'butik-clock-ms';

/** A range that the hub asks for again, such as after a restore. */
export const reofferSchema = z.object({
  id: z.uuid(),
  channel: z.enum(CHANNELS),
  from: z.int().positive(),
  to: z.int().positive(),
});
export type Reoffer = z.infer<typeof reofferSchema>;
/** Told to a box at once; the rest when these are done. */
export const MAX_REOFFERS = 20;
const reoffersSchema = z.array(reofferSchema).max(MAX_REOFFERS).optional().catch(undefined);

export const pushResponseSchema = z.object({
  channel: z.enum(CHANNELS),
  /** Highest sequence number up to which the hub holds everything durably. */
  acknowledged: z.int().nonnegative(),
  /** The hub's clock, epoch milliseconds. */
  hubTimeMs: z.int(),
  reoffer: reoffersSchema,
});
export type PushResponse = z.infer<typeof pushResponseSchema>;

/** `GET /sync/v1/cursors`: what the hub holds of this box, per channel. */
export const cursorsResponseSchema = z.object({
  node: z.uuid(),
  epoch: z.int(),
  cursors: z.partialRecord(
    z.enum(CHANNELS),
    z.object({ acknowledged: z.int().nonnegative(), hash: sha256Hex }),
  ),
  hubTimeMs: z.int(),
  reoffer: reoffersSchema,
});
export type CursorsResponse = z.infer<typeof cursorsResponseSchema>;

/**
 * `POST /sync/v1/kept`: what a box says after the hub asked for facts of a channel from a number on, up to
 * `to`: what it has of them was sent, and what lies before `oldestKept` is no longer on it.
 */
export const keptRequestSchema = z.object({
  channel: z.enum(CHANNELS),
  from: z.int().positive(),
  to: z.int().positive(),
  oldestKept: z.int().positive(),
  /** The hash of the fact before the oldest kept one. */
  prevHash: sha256Hex,
  /** The request that it answers; null when the hub expected a fact that is no longer there. */
  reofferId: z.uuid().nullable(),
});
export type KeptRequest = z.infer<typeof keptRequestSchema>;

/** `POST /sync/v1/enrol`: a box shows its single-use token and the public half of the key it made. */
export const enrolRequestSchema = z.strictObject({
  token: z.string().min(20).max(200),
  /** Ed25519 public key as a JWK (RFC 8037). */
  publicKey: z.strictObject({
    kty: z.literal('OKP'),
    crv: z.literal('Ed25519'),
    x: z.string().min(40).max(50),
  }),
});
export const enrolResponseSchema = z.object({
  nodeId: z.uuid(),
  epoch: z.int().positive(),
  shop: z.object({
    shopId: z.uuid(),
    name: z.string(),
    currency: z.string(),
    country: z.string(),
    timeZone: z.string(),
    fiscalMode: z.string(),
  }),
  hubTimeMs: z.int(),
});
export type EnrolResponse = z.infer<typeof enrolResponseSchema>;

/**
 * Claims of the JWT (EdDSA, `kid` = `NODE_ID.EPOCH`) in the `authorization` header of every request
 * of a box. `bodySha256` is the hex digest of the bytes sent, on requests that have a body.
 */
export const nodeTokenClaimsSchema = z.object({
  iss: z.uuid(),
  epoch: z.int().positive(),
  aud: z.literal('butik-hub'),
  /** Seconds; at most 60 s from the hub's time. The box counts with the offset the hub told it. */
  iat: z.number(),
  jti: z.string().min(8),
  bodySha256: sha256Hex.optional(),
});
export type NodeTokenClaims = z.infer<typeof nodeTokenClaimsSchema>;
export const NODE_TOKEN_AUDIENCE = 'butik-hub';
export const NODE_TOKEN_MAX_AGE_S = 60;
