import { z } from 'zod';

/** Who this box is; kept in `identity.json` beside the store, readable by its owner only. */
export const identitySchema = z.strictObject({
  nodeId: z.uuid(),
  epoch: z.int().positive(),
  hubUrl: z.url(),
  shop: z.strictObject({
    shopId: z.uuid(),
    name: z.string(),
    currency: z.string(),
    country: z.string(),
    timeZone: z.string(),
    fiscalMode: z.string(),
  }),
  /** Ed25519 key pair as a JWK with its private part `d`. */
  privateKey: z.strictObject({
    kty: z.literal('OKP'),
    crv: z.literal('Ed25519'),
    x: z.string(),
    d: z.string(),
  }),
});
export type Identity = z.infer<typeof identitySchema>;
