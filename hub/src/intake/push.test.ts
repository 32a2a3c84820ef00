import { randomBytes } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { sql as template } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enrolBox, hlcAt } from './testing/test-box.ts';
import { HUB_TIME_MS, openTestHub, type TestHub } from './testing/test-hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await openTestHub();
});
afterAll(() => hub.close());

const problem = (status: number, code: string, details?: object) => ({
  status,
  body: expect.objectContaining({ code, ...(details && { details: expect.objectContaining(details) }) }),
});
const acknowledged = (seq: number) => ({
  status: 200,
  body: expect.objectContaining({ acknowledged: seq }),
});

async function held(nodeId: string): Promise<number[]> {
  const rows = await hub.sql.rows<{ seq: string }>(
    template`SELECT seq::text FROM intake.journal WHERE node = ${nodeId} ORDER BY seq`,
  );
  return rows.map(({ seq }) => Number(seq));
}

test('[U5] what is acknowledged is in the journal, and the cursor says so', async () => {
  const box = enrolBox(hub);
  const facts = box.makeFacts(3);
  expect(await box.push(facts)).toMatchObject({
    status: 200,
    body: { channel: 'orders', acknowledged: 3, hubTimeMs: HUB_TIME_MS },
  });
  expect(await held(box.nodeId)).toEqual([1, 2, 3]);
  expect((await box.cursors()).body).toEqual({
    node: box.nodeId,
    epoch: 1,
    cursors: { orders: { acknowledged: 3, hash: facts[2]!.hash } },
    hubTimeMs: HUB_TIME_MS,
  });
});

test('[U6] a batch sent twice, and one that overlaps, leave each fact once', async () => {
  const box = enrolBox(hub);
  const facts = box.makeFacts(5);
  await box.push(facts.slice(0, 3));
  expect(await box.push(facts.slice(0, 3))).toEqual(acknowledged(3));
  expect(await box.push(facts.slice(1))).toEqual(acknowledged(5));
  expect(await box.push(facts.slice(1, 2))).toEqual(acknowledged(5));
  expect(await held(box.nodeId)).toEqual([1, 2, 3, 4, 5]);
});

test('[U6] the same batch on several connections at once is taken once', async () => {
  const box = enrolBox(hub);
  const facts = box.makeFacts(20);
  const answers = await Promise.all([box.push(facts), box.push(facts), box.push(facts)]);
  expect(answers).toEqual([acknowledged(20), acknowledged(20), acknowledged(20)]);
  expect(await held(box.nodeId)).toHaveLength(20);
});

test('[U7] a batch after a gap is refused with the number that is expected', async () => {
  const box = enrolBox(hub);
  const facts = box.makeFacts(5);
  await box.push(facts.slice(0, 2));
  expect(await box.push(facts.slice(3))).toEqual(problem(409, 'FACT_SEQUENCE_GAP', { expected: 3 }));
  expect(await held(box.nodeId)).toEqual([1, 2]);
});

test('[U8] the same number with another hash fences the box at once', async () => {
  const box = enrolBox(hub);
  await box.push(box.makeFacts(3));
  const rewritten = box.makeFacts(3);
  expect(await box.push(rewritten)).toEqual(problem(403, 'NODE_FORKED', { channel: 'orders', seq: 1 }));
  expect(await box.push(rewritten)).toEqual(problem(403, 'NODE_FENCED'));
  expect(hub.nodes.get(`${box.nodeId}.1`)?.fencedReason).toBe('two different facts under orders/1');
  expect(await held(box.nodeId)).toEqual([1, 2, 3]);
});

test('[U9] facts of another box or epoch are refused', async () => {
  const box = enrolBox(hub);
  const other = enrolBox(hub);
  expect(await box.push(other.makeFacts(1), { node: other.nodeId })).toEqual(problem(403, 'FACT_FOREIGN'));
  expect(await box.push(box.makeFacts(1), { epoch: 2 })).toEqual(problem(403, 'FACT_FOREIGN'));
  expect(await box.push(other.makeFacts(1))).toEqual(problem(400, 'FACT_HASH_MISMATCH'));
  expect(await held(box.nodeId)).toEqual([]);
});

test('[U9] a fact that was changed after it was hashed is refused, and the whole batch with it', async () => {
  const box = enrolBox(hub);
  const facts = box.makeFacts(3);
  facts[2] = { ...facts[2]!, payload: '{"totalMinor":1}' };
  expect(await box.push(facts)).toEqual(problem(400, 'FACT_HASH_MISMATCH', { seq: 3 }));
  expect(await held(box.nodeId)).toEqual([]);
});

const gzip = (value: unknown) =>
  new Uint8Array(gzipSync(typeof value === 'string' ? value : JSON.stringify(value)));
test.each([
  ['bytes that are not gzip', new Uint8Array([1, 2, 3]), 'not gzip'],
  ['text that is not JSON', gzip('{"facts":'), 'not JSON'],
  ['a batch without facts', gzip({ node: 'x', facts: [] }), 'node: Invalid UUID'],
  [
    'a body that inflates to 9 MiB',
    gzip(' '.repeat(9 * 1_048_576)),
    'larger than 8388608 bytes when inflated',
  ],
])('[U9] %s is refused with the reason', async (_name, body, reason) => {
  expect(await enrolBox(hub).pushBytes(body)).toEqual(problem(400, 'BATCH_MALFORMED', { reason }));
});

test('[U9] a fact with text that no store keeps is refused', async () => {
  const box = enrolBox(hub);
  const odd = box.makeFacts(1, { fact: () => ({ aggregate: 'a\0b' }) });
  expect(await box.push(odd)).toEqual(problem(400, 'BATCH_MALFORMED'));
  expect(await box.push(box.makeFacts(1, { hlc: 'yesterday' }))).toEqual(problem(400, 'BATCH_MALFORMED'));
});

test('[V1] what a newer box says besides is passed over, and not kept', async () => {
  const box = enrolBox(hub);
  const newer = box.makeFacts(2).map((fact) => ({ ...fact, colour: 'red' }));
  expect(await box.push(newer, { mood: 'good' }, { 'butik-mood': 'good' })).toEqual(acknowledged(2));
  expect(await held(box.nodeId)).toEqual([1, 2]);
});

test('[U20] a hub says that it takes zstd and takes it; what inflates too far is refused in either form', async () => {
  const box = enrolBox(hub);
  const facts = box.makeFacts(2);
  await box.push(facts.slice(0, 1));
  expect(box.headers().get('accept-encoding')).toBe('zstd, gzip');
  await box.cursors();
  expect(box.headers().get('accept-encoding')).toBe('zstd, gzip');
  const zstd = (value: unknown) => new Uint8Array(zstdCompressSync(JSON.stringify(value)));
  const batch = { node: box.nodeId, epoch: 1, channel: 'orders', facts: facts.slice(1) };
  expect(await box.pushBytes(zstd(batch), { encoding: 'zstd' })).toEqual(acknowledged(2));
  const reason = 'larger than 8388608 bytes when inflated';
  const bomb = zstd(' '.repeat(9 * 1_048_576));
  expect(await box.pushBytes(bomb, { encoding: 'zstd' })).toEqual(
    problem(400, 'BATCH_MALFORMED', { reason }),
  );
  expect(await box.pushBytes(zstd(batch), { encoding: 'br' })).toEqual(
    problem(400, 'BATCH_MALFORMED', { reason: 'content-encoding br' }),
  );
});

test('[U9] a body of more than 1 MiB is not read', async () => {
  const answer = await enrolBox(hub).pushBytes(new Uint8Array(randomBytes(1_048_577)));
  expect(answer).toEqual(problem(400, 'BODY_TOO_LARGE'));
});

test('[U9] a fact with the id of another fact is refused', async () => {
  const box = enrolBox(hub);
  const [first] = box.makeFacts(1);
  await box.push([first!]);
  const [second] = box.makeFacts(1, { after: first!, newId: () => first!.id });
  expect(await box.push([second!])).toEqual(problem(400, 'FACT_HASH_MISMATCH'));
});

test('[C2] a box whose clock is far ahead is taken from, and head office sees how far', async () => {
  const box = enrolBox(hub);
  await box.push(box.makeFacts(1, { hlc: hlcAt(HUB_TIME_MS + 3_600_000) }));
  const { body } = await hub.getJson('/v1/sync/shops');
  expect(body).toEqual({
    items: expect.arrayContaining([
      expect.objectContaining({
        nodeId: box.nodeId,
        channel: 'orders',
        acknowledged: 1,
        clockAheadMs: 3_600_000,
      }),
    ]),
  });
});
