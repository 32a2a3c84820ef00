import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { objectsContract } from '../objects.contract.ts';
import type { Objects } from '../objects.ts';
import { openS3Objects, type S3ObjectsOptions } from './open-s3-objects.ts';
import { type S3Server, startS3Server } from './testing/start-s3-server.ts';

const TEXT = { contentType: 'text/plain', maxBytes: 50_000_000 };
const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'sekret-of-the-bucket' };
const away = { code: 'SERVICE_UNAVAILABLE', details: { part: 'objects' } };

let spoolFolder: string;
beforeAll(async () => {
  spoolFolder = await mkdtemp(join(tmpdir(), 'butik-spool-'));
});
afterAll(() => rm(spoolFolder, { recursive: true }));

function open(server: S3Server, options: Partial<S3ObjectsOptions> = {}): Objects {
  return openS3Objects({
    bucket: 'files',
    region: 'eu-north-1',
    prefix: 'butik/',
    endpoint: server.endpoint,
    credentials,
    spoolFolder,
    ...options,
  });
}

describe('files in S3, as a small server of ours speaks it', () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startS3Server();
  });
  afterAll(async () => {
    expect(server.bucket.uploads.size).toBe(0);
    expect([...server.bucket.objects.keys()].every((key) => key.startsWith('butik/'))).toBe(true);
    expect(await readdir(spoolFolder)).toEqual([]);
    await server.close();
  });
  objectsContract(async () => open(server));
});

describe('when S3 is not well', () => {
  let server: S3Server;
  let objects: Objects;
  const opened: Objects[] = [];
  const openIt = (options?: Partial<S3ObjectsOptions>) => {
    const one = open(server, options);
    opened.push(one);
    return one;
  };
  beforeEach(async () => {
    server = await startS3Server();
    objects = openIt({ attempts: 2 });
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
    await server.close();
  });

  test('what it asks to slow down for is tried again', async () => {
    server.fail('slow-down', { times: 1 });
    await objects.put('a', Buffer.from('1'), TEXT);
    expect(server.requests).toHaveLength(2);
    server.fail('slow-down', { times: 1 });
    expect(await text((await objects.get('a')).content)).toBe('1');
  });

  test('one that goes on asking is away', async () => {
    server.fail('slow-down');
    await expect(objects.put('a', Buffer.from('1'), TEXT)).rejects.toMatchObject(away);
    await expect(objects.get('a')).rejects.toMatchObject(away);
    await expect(objects.list('')).rejects.toMatchObject(away);
    expect(server.requests).toHaveLength(6);
  });

  test('a connection that is lost in the middle of a file ends the stream with an error', async () => {
    await objects.put('a', Buffer.alloc(4_000_000, 'x'), TEXT);
    server.fail('cut-in-body');
    const { info, content } = await objects.get('a');
    expect(info.bytes).toBe(4_000_000);
    await expect(text(content)).rejects.toMatchObject(away);
  });

  test('a reader that stops in the middle gives the connection back', async () => {
    await objects.put('a', Buffer.alloc(4_000_000, 'x'), TEXT);
    for (let n = 0; n < 40; n++) {
      const { content } = await objects.get('a');
      for await (const _ of content) break;
    }
    expect(await objects.find('a')).toMatchObject({ bytes: 4_000_000 });
  });

  test('a put that loses its connection is made with the next one, and fails when there is none', async () => {
    server.fail('cut', { times: 1 });
    await objects.put('a', Buffer.from('old'), TEXT);
    server.fail('cut');
    await expect(objects.put('a', Buffer.from('new'), TEXT)).rejects.toMatchObject(away);
    server.fail('cut', { times: 0 });
    expect(await text((await objects.get('a')).content)).toBe('old');
  });

  test('a part that cannot be sent leaves the old file, and none of the parts', async () => {
    await objects.put('a', Buffer.from('old'), TEXT);
    server.fail('slow-down', { when: (request) => request.includes('partNumber=2') });
    const large = Readable.from(Array.from({ length: 20 }, () => Buffer.alloc(1024 * 1024)));
    await expect(objects.put('a', large, TEXT)).rejects.toMatchObject(away);
    expect(server.bucket.uploads.size).toBe(0);
    expect(await text((await objects.get('a')).content)).toBe('old');
    expect(await readdir(spoolFolder)).toEqual([]);
  });

  test('one that never answers is given up in time', async () => {
    const hurried = openIt({ attempts: 1, timeoutMs: 50 });
    server.fail('hang');
    const late = { code: 'DEADLINE_EXCEEDED', details: { part: 'objects' } };
    await expect(hurried.get('a')).rejects.toMatchObject(late);
    await expect(hurried.put('a', Buffer.from('1'), TEXT)).rejects.toMatchObject(late);
  });

  test('nobody at its address is away', async () => {
    await server.close();
    await expect(objects.find('a')).rejects.toMatchObject(away);
    server = await startS3Server();
  });

  test.for(['access-denied', 'no-such-bucket'] as const)(
    'what waiting does not mend is internal: %s',
    async (fault) => {
      server.fail(fault);
      const error = await objects.get('a').catch((thrown) => thrown);
      expect(error).toMatchObject({ code: 'INTERNAL' });
      expect(JSON.stringify([error.message, error.details])).not.toContain(credentials.secretAccessKey);
      await expect(objects.put('a', Buffer.from('1'), TEXT)).rejects.toMatchObject({ code: 'INTERNAL' });
    },
  );

  test('a file that somebody else put there is not taken for one of ours', async () => {
    server.bucket.objects.set('butik/foreign', { body: Buffer.from('x'), headers: {} });
    await expect(objects.get('foreign')).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(objects.find('foreign')).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});
