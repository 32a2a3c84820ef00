import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { documentsContract } from '../documents.contract.ts';
import type { Documents } from '../documents.ts';
import { openTable } from '../open-table.ts';
import { groupRequests } from './endpoint/group-requests.ts';
import { startEndpoint } from './endpoint/start-endpoint.ts';
import { openEngine } from './engine/engine.ts';
import { openEmbeddedDocuments } from './open-embedded-documents.ts';

documentsContract('embedded', () => openEmbeddedDocuments({ directory: ':memory:' }));
documentsContract('embedded, over the wire', openOverTheWire);

const schema = {
  format: 'onetable:1.1.0',
  version: '1.0.0',
  indexes: { primary: { hash: 'pk', sort: 'sk' } },
  models: {
    Note: {
      pk: { type: String, value: 'note' },
      sk: { type: String, required: true },
      text: { type: String },
    },
  },
} as const;

const notesTable = {
  TableName: 'notes',
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
};

describe('documents on disk', () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'butik-documents-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  test('are there again after a restart, and a new index of the schema is made on the way', async () => {
    const first = await openEmbeddedDocuments({ directory, tablePrefix: 'a-' });
    const notes = (await first.openTable({ name: 'notes', schema })).getModel('Note');
    await notes.create({ sk: '1', text: 'milk' });
    await first.close();

    const second = await openEmbeddedDocuments({ directory, tablePrefix: 'a-' });
    const wider = {
      ...schema,
      indexes: { ...schema.indexes, gs1: { hash: 'text', sort: 'sk', project: 'all' } },
    } as const;
    const reopened = (await second.openTable({ name: 'notes', schema: wider })).getModel('Note');
    expect((await reopened.find({ text: 'milk' }, { index: 'gs1' })).map((note) => note.sk)).toEqual(['1']);
    await second.close();
  });

  test('a write that breaks in the middle leaves nothing behind, and its neighbours are not harmed', () => {
    const put = (pk: string) => ({ Put: { TableName: 'notes', Item: { pk: { S: pk } } } });
    const first = openEngine({ directory, clock: () => 0, onFault: rethrow });
    first.answer([{ operation: 'CreateTable', input: notesTable }]);
    first.close();
    const file = new Database(join(directory, 'documents.db'));
    file.exec(`CREATE TRIGGER broken BEFORE INSERT ON items_1 WHEN new.hk = 'broken'
               BEGIN SELECT RAISE(FAIL, 'the disk is on fire'); END`);
    file.close();

    const faults: unknown[] = [];
    const engine = openEngine({ directory, clock: () => 0, onFault: (fault) => faults.push(fault) });
    const answers = engine.answer([
      { operation: 'PutItem', input: put('before').Put },
      { operation: 'TransactWriteItems', input: { TransactItems: [put('half'), put('broken')] } },
      { operation: 'PutItem', input: put('after').Put },
    ]);
    expect(answers.map((answer) => ('error' in answer ? answer.error.type : 'done'))).toEqual([
      'done',
      'InternalServerError',
      'done',
    ]);
    expect(faults).toHaveLength(1);
    const [read] = engine.answer([{ operation: 'Scan', input: { TableName: 'notes' } }]);
    expect(read).toMatchObject({ output: { Items: [{ pk: { S: 'after' } }, { pk: { S: 'before' } }] } });
    engine.close();
  });

  test('are open in one process at a time', async () => {
    const documents = await openEmbeddedDocuments({ directory });
    await expect(openEmbeddedDocuments({ directory })).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    await documents.close();
  });

  test('are not opened over another program’s database, nor over a newer format', async () => {
    const file = join(directory, 'documents.db');
    const foreign = new Database(file);
    foreign.exec('CREATE TABLE other (id INTEGER)');
    foreign.close();
    await expect(openEmbeddedDocuments({ directory })).rejects.toMatchObject({ code: 'STORE_UNSAFE' });
    await rm(file);

    await (await openEmbeddedDocuments({ directory })).close();
    const newer = new Database(file);
    newer.pragma('user_version = 99');
    newer.close();
    await expect(openEmbeddedDocuments({ directory })).rejects.toMatchObject({ code: 'STORE_NEWER' });
  });
});

describe('the endpoint', () => {
  let documents: Documents;
  beforeEach(async () => {
    documents = await openEmbeddedDocuments({ directory: ':memory:' });
  });
  afterEach(() => documents.close());

  test('lets nobody in without the key of this start', async () => {
    const answer = await post('ListTables', '{}', 'guessed');
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      __type: expect.stringContaining('UnrecognizedClientException'),
    });
  });

  test('answers with the checksum that DynamoDB’s clients look at', async () => {
    const answer = await post('ListTables', '{}');
    const body = Buffer.from(await answer.arrayBuffer());
    expect(JSON.parse(body.toString())).toEqual({ TableNames: [] });
    expect(answer.headers.get('x-amz-crc32')).toBe(String(crc32(body)));
  });

  test('refuses what is no JSON object, no operation, or larger than 16 MB', async () => {
    const large = JSON.stringify({ TableName: 'x'.repeat(16 * 1024 * 1024) });
    const answers = await Promise.all([
      post('ListTables', '[1, 2'),
      post('Nonsense', '{}'),
      post('DescribeTable', large),
      post('PutItem', JSON.stringify({ TableName: 'notes', Item: {}, Expected: {} })),
    ]);
    const types = await Promise.all(
      answers.map(async (answer) => ((await answer.json()) as { __type: string }).__type),
    );
    expect(types.map((type) => type.split('#')[1])).toEqual([
      'SerializationException',
      'UnknownOperationException',
      'ValidationException',
      'ValidationException',
    ]);
  });

  async function post(operation: string, body: string, key?: string): Promise<Response> {
    const { credentials, endpoint } = documents.client.config;
    const address = await endpoint?.();
    return fetch(`http://127.0.0.1:${address?.port}/`, {
      method: 'POST',
      headers: {
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        authorization: `AWS4-HMAC-SHA256 Credential=${key ?? (await credentials()).accessKeyId}/`,
      },
      body,
    });
  }
});

test('items whose time is over are deleted by the sweep, and others are not', () => {
  let now = 1_000_000;
  const engine = openEngine({ directory: ':memory:', clock: () => now, onFault: rethrow });
  run('CreateTable', notesTable);
  run('PutItem', { TableName: 'notes', Item: { pk: { S: 'before' }, until: { N: '2000' } } });
  run('UpdateTimeToLive', {
    TableName: 'notes',
    TimeToLiveSpecification: { Enabled: true, AttributeName: 'until' },
  });
  run('PutItem', { TableName: 'notes', Item: { pk: { S: 'after' }, until: { N: '3000' } } });
  run('PutItem', { TableName: 'notes', Item: { pk: { S: 'never' } } });

  now = 2_500_000;
  expect(engine.expire()).toBe(1);
  expect(run('Scan', { TableName: 'notes', ProjectionExpression: 'pk' })).toMatchObject({
    Items: [{ pk: { S: 'after' } }, { pk: { S: 'never' } }],
  });
  engine.close();

  function run(operation: string, input: unknown): object | undefined {
    const [answer] = engine.answer([{ operation, input }]);
    if (answer && 'error' in answer) throw answer.error;
    return answer?.output;
  }
});

test('requests that share a commit fail one by one', () => {
  const engine = openEngine({ directory: ':memory:', clock: () => 0, onFault: rethrow });
  const item = { pk: { S: 'p' } };
  const once = { TableName: 'notes', Item: item, ConditionExpression: 'attribute_not_exists(pk)' };
  const answers = engine.answer([
    { operation: 'CreateTable', input: notesTable },
    { operation: 'PutItem', input: once },
    { operation: 'PutItem', input: once },
    { operation: 'GetItem', input: { TableName: 'notes', Key: item } },
    { operation: 'Nonsense', input: {} },
  ]);
  expect(answers.map((answer) => ('error' in answer ? answer.error.type : 'done'))).toEqual([
    'done',
    'done',
    'ConditionalCheckFailedException',
    'done',
    'UnknownOperationException',
  ]);
  engine.close();
});

test('a token is forgotten after ten minutes', () => {
  let now = 0;
  const engine = openEngine({ directory: ':memory:', clock: () => now, onFault: rethrow });
  const raise = {
    ClientRequestToken: 'token',
    TransactItems: [
      {
        Update: {
          TableName: 'notes',
          Key: { pk: { S: 'p' } },
          UpdateExpression: 'ADD n :one',
          ExpressionAttributeValues: { ':one': { N: '1' } },
        },
      },
    ],
  };
  engine.answer([{ operation: 'CreateTable', input: notesTable }]);
  for (const at of [0, 599_999, 600_000]) {
    now = at;
    engine.answer([{ operation: 'TransactWriteItems', input: raise }]);
  }
  const [read] = engine.answer([
    { operation: 'GetItem', input: { TableName: 'notes', Key: { pk: { S: 'p' } } } },
  ]);
  expect(read).toMatchObject({ output: { Item: { n: { N: '2' } } } });
  engine.close();
});

/** The engine as any client of DynamoDB sees it: signed requests over HTTP. */
async function openOverTheWire(): Promise<Documents> {
  const engine = openEngine({ directory: ':memory:', clock: Date.now, onFault: rethrow });
  const endpoint = await startEndpoint(engine, groupRequests(engine));
  const client = new DynamoDBClient({
    region: 'embedded',
    endpoint: endpoint.address,
    credentials: { accessKeyId: endpoint.accessKeyId, secretAccessKey: 'any' },
  });
  return {
    client,
    openTable: (spec) => openTable(client, '', spec),
    async close() {
      client.destroy();
      await endpoint.close();
      engine.close();
    },
  };
}

function rethrow(fault: unknown): never {
  throw fault;
}
