import { createHash, createPublicKey, hash, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { asButikError, ButikError } from '@butik/proto/errors/butik-error';
import { toProblem } from '@butik/proto/errors/problem';
import type { Channel } from '@butik/proto/facts/define-fact';
import {
  type Fact,
  type KeptRequest,
  keptRequestSchema,
  pushRequestSchema,
  type Reoffer,
} from '@butik/proto/facts/sync-wire';
import { acceptBatch, EMPTY_CURSOR } from '@butik/sync/accept-batch';
import { numberedId } from '@butik/sync/testing/numbered-id';
import { createStubShapes, type StubShapes } from './stub-shapes.ts';

const sha256 = (text: string) => hash('sha256', text, 'hex');

/** For tests: a hub of one box over real HTTP, which can be told to misbehave. */
export interface StubHub {
  url: string;
  /** What is held, per channel. */
  facts: Map<Channel, Fact[]>;
  /** Each push as it arrived: how many facts of which channel. */
  pushes: { channel: Channel; facts: number }[];
  /** The text of each push. */
  bodies: string[];
  /** The content-encoding of each push. */
  encodings: (string | undefined)[];
  /** What the hub says it takes, in `accept-encoding`; null says nothing, as hubs of version 1. */
  acceptEncoding: string | null;
  /** The hub refuses batches in this encoding, as one that does not know it. */
  refusedEncoding: string | null;
  /** Requests so far, of whatever kind but shapes. */
  requests: number;
  /** What the hub asks for again, until the box has told what it still has. */
  reoffers: Reoffer[];
  /** What boxes told they still have. */
  kept: KeptRequest[];
  /** Where the hub goes on after facts that the box no longer has, per channel. */
  lost: Map<Channel, { seq: number; hash: string }>;
  /** The box, as the answers name it. */
  nodeId: string;
  /** Answers for the next requests to a path, before the hub would answer itself. */
  answers: {
    path: string;
    status: number;
    body?: object;
    headers?: Record<string, string>;
    error?: ButikError;
  }[];
  /** Batches of this channel are malformed in its eyes, until it is null again. */
  refusedChannel: Channel | null;
  /** Refuses every request with this, until it is null again. */
  refusal: ButikError | null;
  shapes: StubShapes;
  /** The box's key; the signatures of all requests are checked against it. */
  publicKeyX: string;
  /** Epoch milliseconds. */
  now(): number;
  /** The boxes by the token that enrolled each; each next one is an epoch. */
  enrolled: { token: string; publicKeyX: string }[];
  close(): Promise<void>;
}

export async function openStubHub(): Promise<StubHub> {
  const hub: StubHub = {
    url: '',
    facts: new Map(),
    pushes: [],
    bodies: [],
    encodings: [],
    acceptEncoding: null,
    refusedEncoding: null,
    requests: 0,
    reoffers: [],
    kept: [],
    lost: new Map(),
    nodeId: numberedId(77),
    answers: [],
    refusedChannel: null,
    refusal: null,
    shapes: createStubShapes(),
    publicKeyX: '',
    now: Date.now,
    enrolled: [],
    close: async () => {
      hub.shapes.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer((request, response) => {
    respond(hub, request, response).catch((thrown) => {
      const problem = toProblem(asButikError(thrown));
      response
        .writeHead(problem.status, { 'content-type': 'application/problem+json' })
        .end(JSON.stringify(problem));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  hub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return hub;
}

async function respond(hub: StubHub, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', hub.url);
  const body = await readBody(request);
  if (url.pathname !== '/sync/v1/shape') hub.requests += 1;
  const told = hub.answers.findIndex(({ path }) => path === url.pathname);
  if (told >= 0) {
    const { status, body: answer, headers, error } = hub.answers.splice(told, 1)[0]!;
    if (error) throw error;
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(answer ?? {}));
    return;
  }
  if (url.pathname === '/sync/v1/enrol') {
    const { token, publicKey } = JSON.parse(body.toString());
    const used = hub.enrolled.find((box) => box.token === token);
    if (used && used.publicKeyX !== publicKey.x) throw new ButikError('ENROLMENT_TOKEN_USED');
    if (!used) hub.enrolled.push({ token, publicKeyX: publicKey.x });
    hub.publicKeyX = publicKey.x;
    response
      .writeHead(201, { 'content-type': 'application/json' })
      .end(JSON.stringify(enrolment(hub, token)));
    return;
  }
  checkToken(hub, request.headers.authorization ?? '', body);
  if (hub.refusal) throw hub.refusal;
  if (url.pathname === '/sync/v1/shape') return hub.shapes.respond(url.searchParams, response);
  const answer = answerBox(hub, url.pathname, body, request.headers['content-encoding']);
  const headers = {
    'content-type': 'application/json',
    ...(hub.acceptEncoding !== null && { 'accept-encoding': hub.acceptEncoding }),
  };
  response.writeHead(200, headers).end(JSON.stringify(answer));
}

function answerBox(hub: StubHub, path: string, body: Buffer, encoding: string | undefined): object {
  const reoffer = hub.reoffers.length > 0 ? { reoffer: hub.reoffers } : {};
  if (path === '/sync/v1/push') {
    hub.encodings.push(encoding);
    if (encoding === hub.refusedEncoding) throw new ButikError('BATCH_MALFORMED');
    const text = encoding === 'zstd' ? zstdDecompressSync(body) : gunzipSync(body);
    hub.bodies.push(text.toString());
    return { ...push(hub, text.toString()), ...reoffer };
  }
  if (path === '/sync/v1/cursors') return { ...cursors(hub), ...reoffer };
  if (path === '/sync/v1/kept') return takeKept(hub, keptRequestSchema.parse(JSON.parse(body.toString())));
  throw new ButikError('ROUTE_NOT_FOUND');
}

function cursors(hub: StubHub) {
  const held = [...hub.facts].flatMap(([channel, facts]) => {
    const last = facts.at(-1);
    return last ? [[channel, { acknowledged: last.seq, hash: last.hash }]] : [];
  });
  return { node: hub.nodeId, epoch: 1, cursors: Object.fromEntries(held), hubTimeMs: hub.now() };
}

/** The hub goes on after what the box no longer has. */
function takeKept(hub: StubHub, kept: KeptRequest): object {
  hub.kept.push(kept);
  hub.reoffers = hub.reoffers.filter(({ id }) => id !== kept.reofferId);
  const expected = (hub.facts.get(kept.channel)?.at(-1)?.seq ?? 0) + 1;
  if (expected < kept.oldestKept)
    hub.lost.set(kept.channel, { seq: kept.oldestKept - 1, hash: kept.prevHash });
  return { hubTimeMs: hub.now() };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function enrolment(hub: StubHub, token: string) {
  return {
    nodeId: '01900000-0000-7000-8000-0000000b0001',
    epoch: hub.enrolled.findIndex((box) => box.token === token) + 1,
    shop: {
      shopId: '01900000-0000-7000-8000-00000000a001',
      name: 'Hörnan',
      currency: 'SEK',
      country: 'SE',
      timeZone: 'Europe/Stockholm',
      fiscalMode: 'manned',
    },
    hubTimeMs: hub.now(),
  };
}

function checkToken(hub: StubHub, authorization: string, body: Buffer): void {
  const [head, payload, signature] = authorization.replace('Bearer ', '').split('.');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: hub.publicKeyX }, format: 'jwk' });
  const isSigned = verify(
    null,
    Buffer.from(`${head}.${payload}`),
    key,
    Buffer.from(signature ?? '', 'base64url'),
  );
  if (!isSigned) throw new ButikError('NODE_TOKEN_INVALID');
  const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString());
  if (Math.abs(claims.iat * 1000 - hub.now()) > 60_000) {
    throw new ButikError('NODE_TOKEN_STALE', { details: { hubTimeMs: hub.now() } });
  }
  if (body.length > 0 && claims.bodySha256 !== createHash('sha256').update(body).digest('hex')) {
    throw new ButikError('BATCH_SIGNATURE_MISMATCH');
  }
}

function push(hub: StubHub, text: string) {
  const request = pushRequestSchema.parse(JSON.parse(text));
  if (request.channel === hub.refusedChannel) throw new ButikError('BATCH_MALFORMED');
  const held = hub.facts.get(request.channel) ?? [];
  const last = hub.lost.get(request.channel) ?? held.at(-1);
  hub.pushes.push({ channel: request.channel, facts: request.facts.length });
  const decision = acceptBatch({
    sha256,
    sender: { node: request.node, epoch: request.epoch },
    cursor: last ? { acknowledged: last.seq, hash: last.hash } : EMPTY_CURSOR,
    held: new Map(held.map((fact) => [fact.seq, fact])),
    request,
  });
  if (decision.kind === 'fork') throw new ButikError('NODE_FORKED');
  if (decision.kind === 'append') {
    const all = [...held, ...decision.facts].toSorted((a, b) => a.seq - b.seq);
    hub.facts.set(request.channel, all);
    hub.lost.delete(request.channel);
  }
  return {
    channel: request.channel,
    acknowledged: hub.facts.get(request.channel)!.at(-1)!.seq,
    hubTimeMs: hub.now(),
  };
}
