import { createHash, createPublicKey, hash, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { asButikError, ButikError } from '@butik/proto/errors/butik-error';
import { toProblem } from '@butik/proto/errors/problem';
import type { Channel } from '@butik/proto/facts/define-fact';
import { type Fact, pushRequestSchema } from '@butik/proto/facts/sync-wire';
import { acceptBatch, EMPTY_CURSOR } from '@butik/sync/accept-batch';
import { createStubShapes, type StubShapes } from './stub-shapes.ts';

const sha256 = (text: string) => hash('sha256', text, 'hex');

/** For tests: a hub of one box over real HTTP, which can be told to misbehave. */
export interface StubHub {
  url: string;
  /** What is held, per channel. */
  facts: Map<Channel, Fact[]>;
  /** Each push as it arrived: how many facts of which channel. */
  pushes: { channel: Channel; facts: number }[];
  /** Answers for the next requests to a path, before the hub would answer itself. */
  answers: {
    path: string;
    status: number;
    body?: object;
    headers?: Record<string, string>;
    error?: ButikError;
  }[];
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
    answers: [],
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
  const answer = push(hub, body);
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
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

function push(hub: StubHub, body: Buffer) {
  const request = pushRequestSchema.parse(JSON.parse(gunzipSync(body).toString()));
  const held = hub.facts.get(request.channel) ?? [];
  const last = held.at(-1);
  hub.pushes.push({ channel: request.channel, facts: request.facts.length });
  const decision = acceptBatch({
    sha256,
    sender: { node: request.node, epoch: request.epoch },
    cursor: last ? { acknowledged: last.seq, hash: last.hash } : EMPTY_CURSOR,
    heldHashes: new Map(held.map((fact) => [fact.seq, fact.hash])),
    request,
  });
  if (decision.kind === 'fork') throw new ButikError('NODE_FORKED');
  if (decision.kind === 'append') hub.facts.set(request.channel, [...held, ...decision.facts]);
  return {
    channel: request.channel,
    acknowledged: hub.facts.get(request.channel)!.length,
    hubTimeMs: hub.now(),
  };
}
