import { createHash, timingSafeEqual } from 'node:crypto';
import { ButikError } from '@butik/proto/errors/butik-error';
import {
  NODE_TOKEN_AUDIENCE,
  NODE_TOKEN_MAX_AGE_S,
  type NodeTokenClaims,
  nodeTokenClaimsSchema,
} from '@butik/proto/facts/sync-wire';
import type { FastifyRequest } from 'fastify';
import { type CryptoKey, decodeProtectedHeader, jwtVerify } from 'jose';
import type { Clock } from '../kernel/clock.ts';
import type { ServiceClients } from '../kernel/service.ts';
import { createNodeCache } from './node-cache.ts';
import { createReplayWindow } from './replay-window.ts';

/** The box behind a request. */
export interface NodeIdentity {
  nodeId: string;
  epoch: number;
  shopId: string;
  groupIds: string[];
}

export interface NodeAuth {
  /**
   * Who signed this request. A body that was parsed as a Buffer is checked against the signature.
   * Throws NODE_TOKEN_INVALID, NODE_TOKEN_STALE {hubTimeMs}, NODE_FENCED, BATCH_SIGNATURE_MISMATCH.
   */
  authenticate(request: FastifyRequest): Promise<NodeIdentity>;
  /** Forgets what is known of a box, so that a fence holds at once. */
  forget(nodeId: string, epoch: number): void;
}

const KEY_ID = /^([0-9a-f-]{36})\.([1-9]\d{0,8})$/;

export function createNodeAuth(clients: Pick<ServiceClients, 'shop'>, clock: Clock): NodeAuth {
  const nodes = createNodeCache(clients, clock);
  const replays = createReplayWindow(clock, 2 * NODE_TOKEN_MAX_AGE_S * 1000);

  return {
    async authenticate(request) {
      const token = bearerOf(request);
      const { nodeId, epoch } = keyOf(token);
      const node = await nodes.get(nodeId, epoch);
      const claims = await verify(token, node.key);
      if (claims.iss !== nodeId || claims.epoch !== epoch)
        throw invalid('the claims name another box than the key');
      if (node.fencedReason !== '') {
        throw new ButikError('NODE_FENCED', { details: { reason: node.fencedReason } });
      }
      const hubTimeMs = clock.now();
      if (Math.abs(hubTimeMs / 1000 - claims.iat) > NODE_TOKEN_MAX_AGE_S) {
        throw new ButikError('NODE_TOKEN_STALE', { details: { hubTimeMs } });
      }
      if (!replays.take(`${nodeId}/${claims.jti}`)) throw invalid('the token was used before');
      checkBody(request.body, claims);
      return { nodeId, epoch, shopId: node.shopId, groupIds: node.groupIds };
    },
    forget: nodes.forget,
  };
}

function bearerOf(request: FastifyRequest): string {
  const match = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(request.headers.authorization ?? '');
  if (!match) throw invalid('there is no bearer token');
  return match[1]!;
}

function keyOf(token: string): { nodeId: string; epoch: number } {
  let kid: string | undefined;
  try {
    kid = decodeProtectedHeader(token).kid;
  } catch (cause) {
    throw invalid('the token cannot be read', cause);
  }
  const match = KEY_ID.exec(kid ?? '');
  if (!match) throw invalid('the key id is not NODE_ID.EPOCH');
  return { nodeId: match[1]!, epoch: Number(match[2]) };
}

async function verify(token: string, key: CryptoKey): Promise<NodeTokenClaims> {
  try {
    const { payload } = await jwtVerify(token, key, { algorithms: ['EdDSA'], audience: NODE_TOKEN_AUDIENCE });
    return nodeTokenClaimsSchema.parse(payload);
  } catch (cause) {
    throw invalid('the signature or the claims do not hold', cause);
  }
}

function checkBody(body: unknown, claims: NodeTokenClaims): void {
  if (!Buffer.isBuffer(body)) return;
  const sent = createHash('sha256').update(body).digest();
  const signed = Buffer.from(claims.bodySha256 ?? '', 'hex');
  if (signed.length !== sent.length || !timingSafeEqual(sent, signed))
    throw new ButikError('BATCH_SIGNATURE_MISMATCH');
}

function invalid(reason: string, cause?: unknown): ButikError {
  return new ButikError('NODE_TOKEN_INVALID', { details: { reason }, cause });
}
