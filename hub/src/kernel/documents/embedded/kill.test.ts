import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KILL_TABLE, killSchema } from './kill.schema.ts';
import { openEmbeddedDocuments } from './open-embedded-documents.ts';

/** After how many acknowledgements each life ends. */
const LIVES = [1, 37, 404, 150, 12];
const WRITER = fileURLToPath(new URL('./kill.writer.ts', import.meta.url));

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'butik-kill-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('a process that is killed five times has lost nothing it acknowledged, and no half transaction is left', async () => {
  const acknowledged: number[] = [];
  for (const [life, acknowledgements] of LIVES.entries()) {
    acknowledged.push(...(await writeUntilKilled(life * 1_000_000, acknowledgements)));

    const documents = await openEmbeddedDocuments({ directory });
    const { name } = await documents.openTable({ name: KILL_TABLE, schema: killSchema });
    const [singles, lefts, rights] = await Promise.all(
      ['single', 'left', 'right'].map((pk) => numbers(documents.client, name, pk)),
    );
    const kept = new Set([...(singles ?? []), ...(lefts ?? [])]);
    expect(acknowledged.filter((number) => !kept.has(number))).toEqual([]);
    expect(rights).toEqual(lefts);
    expect(await pairs(documents.client, name)).toBe(lefts?.length);
    await documents.close();
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(LIVES.reduce((sum, life) => sum + life, 0));
});

/** The numbers a writer acknowledged before it was killed, those it printed while dying included. */
async function writeUntilKilled(first: number, acknowledgements: number): Promise<number[]> {
  const writer = spawn(process.execPath, [WRITER, directory, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(writer, 'close');
  const seen: number[] = [];
  for await (const line of createInterface({ input: writer.stdout })) {
    seen.push(Number(line));
    if (seen.length === acknowledgements) writer.kill('SIGKILL');
  }
  const [, signal] = await ended;
  expect(signal).toBe('SIGKILL');
  return seen;
}

async function numbers(client: DynamoDBClient, table: string, pk: string): Promise<number[]> {
  const found: number[] = [];
  let from: Pick<QueryCommandInput, 'ExclusiveStartKey'> | undefined = {};
  while (from) {
    const page: Awaited<ReturnType<typeof read>> = await read(from);
    found.push(...(page.Items ?? []).map((item) => Number(item.sk?.S)));
    from = page.LastEvaluatedKey && { ExclusiveStartKey: page.LastEvaluatedKey };
  }
  return found;

  function read(start: Pick<QueryCommandInput, 'ExclusiveStartKey'>) {
    return client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: pk } },
        ...start,
      }),
    );
  }
}

async function pairs(client: DynamoDBClient, table: string): Promise<number> {
  const key = { pk: { S: 'count' }, sk: { S: '0' } };
  const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key }));
  return Number(Item?.pairs?.N ?? 0);
}
