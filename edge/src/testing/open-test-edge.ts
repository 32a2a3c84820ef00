import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { v7 } from 'uuid';
import { edgeConfigSchema } from '../config.ts';
import { type Edge, type Surroundings, startEdge } from '../edge.ts';
import type { Identity } from '../provisioning/identity.ts';
import { IDENTITY_FILE } from '../provisioning/load-identity.ts';
import { type SeedProduct, seedCatalogue } from './seed-catalogue.ts';

/** A shop on a real file with a real port, whose hub cannot be reached. */
export interface TestEdge {
  edge: Edge;
  identity: Identity;
  dataFolder: string;
  clock: { nowMs: number };
  get(path: string): Promise<TestAnswer>;
  /** Sends a fresh idempotency key unless told. */
  post(path: string, body: unknown, key?: string): Promise<TestAnswer>;
  /** Closes the process's part and opens the same files again. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

export interface TestAnswer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every form
  body: any;
}

export const NOON = Date.parse('2026-11-20T12:00:00.000Z');

export async function openTestEdge(
  products: readonly SeedProduct[] = [],
  overrides: Partial<Surroundings> = {},
): Promise<TestEdge> {
  const dataFolder = makeTestFolder();
  const identity = writeTestIdentity(dataFolder);
  const clock = { nowMs: NOON };
  const config = edgeConfigSchema.parse({ dataFolder, port: 0, logLevel: 'silent' });
  const start = () =>
    startEdge(config, {
      logger: pino({ level: 'silent' }),
      fetch: () => Promise.reject(new TypeError('no line')),
      clock: { now: () => clock.nowMs },
      ...overrides,
    });
  const test: TestEdge = {
    edge: await start(),
    identity,
    dataFolder,
    clock,
    get: (path) => send(`${test.edge.url}${path}`),
    post: (path, body, key = v7()) =>
      send(`${test.edge.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(key !== '' && { 'idempotency-key': key }) },
        body: JSON.stringify(body),
      }),
    async reopen() {
      await test.edge.close();
      test.edge = await start();
    },
    async close() {
      await test.edge.close();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
  await seedCatalogue(test.edge.store, products);
  return test;
}

export function makeTestFolder(): string {
  return mkdtempSync(join(tmpdir(), 'butik-edge-'));
}

export function writeTestIdentity(dataFolder: string): Identity {
  const identity: Identity = {
    nodeId: '01990000-0000-7000-8000-00000000000a',
    epoch: 1,
    hubUrl: 'http://127.0.0.1:9',
    shop: {
      shopId: '01990000-0000-7000-8000-0000000000aa',
      name: 'Butiken i Byn',
      currency: 'SEK',
      country: 'SE',
      timeZone: 'Europe/Stockholm',
      fiscalMode: 'manned',
    },
    // A key pair made for tests; it opens nothing.
    privateKey: {
      kty: 'OKP',
      crv: 'Ed25519',
      x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
      d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
    },
  };
  writeFileSync(join(dataFolder, IDENTITY_FILE), JSON.stringify(identity));
  return identity;
}

async function send(url: string, init?: RequestInit): Promise<TestAnswer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}
