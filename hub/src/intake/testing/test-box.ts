import { createHash, generateKeyPairSync, hash, type KeyObject, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Fact, KeptRequest, Reoffer } from '@butik/proto/facts/sync-wire';
import { makeFacts } from '@butik/sync/testing/make-facts';
import { createIds } from '@butik/sync/testing/numbered-id';
import { SignJWT } from 'jose';
import { HUB_TIME_MS, SHOP_ID, type TestHub } from './test-hub.ts';

const sha256 = (text: string) => hash('sha256', text, 'hex');

/** For tests: a box that can also do what no honest box does. */
export interface TestBox {
  nodeId: string;
  epoch: number;
  makeFacts(count: number, options?: Partial<Parameters<typeof makeFacts>[0]>): Fact[];
  sign(claims?: object, options?: { key?: KeyObject; kid?: string; atMs?: number }): Promise<string>;
  push(facts: unknown[], request?: object, headers?: Record<string, string>): Promise<Answer>;
  /** Sends these bytes; the token signs them unless one is given. */
  pushBytes(
    body: Uint8Array<ArrayBuffer>,
    options?: { token?: string | null; encoding?: string; headers?: Record<string, string> },
  ): Promise<Answer>;
  cursors(token?: string): Promise<Answer>;
  /** The headers of the last answer. */
  headers(): Headers;
  /** Says what it still has. */
  tellKept(kept: KeptRequest): Promise<Answer>;
}

export interface Answer {
  status: number;
  body: {
    code?: string;
    details?: Record<string, unknown>;
    acknowledged?: number;
    hubTimeMs?: number;
    reoffer?: Reoffer[];
  };
}

let boxes = 0;

/** Makes a box, of this identity if one is given, and tells the shop service of it. */
export function enrolBox(hub: TestHub, identity?: Pick<TestBox, 'nodeId' | 'epoch'>): TestBox {
  boxes += 1;
  const nodeId = identity?.nodeId ?? `01900000-0000-7000-8000-0000000b${String(boxes).padStart(4, '0')}`;
  const epoch = identity?.epoch ?? 1;
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  hub.nodes.set(`${nodeId}.${epoch}`, {
    publicKeyX: publicKey.export({ format: 'jwk' }).x!,
    fencedReason: '',
    shopId: SHOP_ID,
  });
  return openBox({
    nodeId,
    epoch,
    privateKey,
    hubUrl: () => hub.url,
    nowMs: () => hub.clock.ms,
    newId: createIds(boxes * 1_000_000),
  });
}

/** A box that a hub knows already. */
export function openBox(options: {
  nodeId: string;
  epoch: number;
  privateKey: KeyObject;
  hubUrl: () => string;
  nowMs: () => number;
  newId: () => string;
}): TestBox {
  const { nodeId, epoch, privateKey, hubUrl, nowMs, newId } = options;

  let headers = new Headers();
  async function answer(response: Response): Promise<Answer> {
    headers = response.headers;
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }

  const box: TestBox = {
    nodeId,
    epoch,
    makeFacts: (count, options = {}) =>
      makeFacts({ sha256, owner: { node: nodeId, epoch }, newId, count, ...options }),
    sign: (claims = {}, { key = privateKey, kid = `${nodeId}.${epoch}`, atMs = nowMs() } = {}) =>
      new SignJWT({ epoch, ...claims })
        .setProtectedHeader({ alg: 'EdDSA', kid })
        .setIssuer(nodeId)
        .setAudience('butik-hub')
        .setIssuedAt(Math.floor(atMs / 1000))
        .setJti(randomUUID())
        .sign(key),
    push: (facts, request = {}, headers = {}) =>
      box.pushBytes(
        new Uint8Array(
          gzipSync(JSON.stringify({ node: nodeId, epoch, channel: 'orders', facts, ...request })),
        ),
        { headers },
      ),
    async pushBytes(body, { token, encoding = 'gzip', headers = {} } = {}) {
      const bodySha256 = createHash('sha256').update(body).digest('hex');
      const signed = token === undefined ? await box.sign({ bodySha256 }) : token;
      return answer(
        await fetch(`${hubUrl()}/sync/v1/push`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'content-encoding': encoding,
            ...(signed && { authorization: `Bearer ${signed}` }),
            ...headers,
          },
          body,
        }),
      );
    },
    cursors: async (token) =>
      answer(
        await fetch(`${hubUrl()}/sync/v1/cursors`, {
          headers: { authorization: `Bearer ${token ?? (await box.sign())}` },
        }),
      ),
    headers: () => headers,
    async tellKept(kept) {
      const body = new Uint8Array(Buffer.from(JSON.stringify(kept)));
      const bodySha256 = createHash('sha256').update(body).digest('hex');
      const signedHeaders = {
        'content-type': 'application/json',
        authorization: `Bearer ${await box.sign({ bodySha256 })}`,
      };
      return answer(
        await fetch(`${hubUrl()}/sync/v1/kept`, { method: 'POST', headers: signedHeaders, body }),
      );
    },
  };
  return box;
}

/** The HLC of an honest box at the hub's time, and of one that is ahead of it. */
export function hlcAt(ms: number = HUB_TIME_MS): string {
  return `${String(ms).padStart(15, '0')}-00000-c1243ad4`;
}
