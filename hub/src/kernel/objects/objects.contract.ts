import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Objects } from './objects.ts';

const TEXT = { contentType: 'text/plain; charset=utf-8', maxBytes: 1_000 };
const MEBIBYTE = 1024 * 1024;

/** What a store of files does, whatever keeps them. Each test has keys of its own; `close` is the last one's. */
export function objectsContract(open: () => Promise<Objects>): void {
  let objects: Objects;
  beforeAll(async () => {
    objects = await open();
  });
  afterAll(() => objects.close());
  const read = async (key: string) => text((await objects.get(key)).content);

  test('a file comes back as it was put, with its type, size, hash and time', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, n) => n);
    const stored = await objects.put('round/all.bin', bytes, {
      contentType: 'image/jpeg',
      maxBytes: 256,
    });
    expect(stored).toEqual({
      key: 'round/all.bin',
      bytes: 256,
      contentType: 'image/jpeg',
      sha256: createHash('sha256').update(bytes).digest('hex'),
      storedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    const { info, content } = await objects.get('round/all.bin');
    expect(info).toEqual(stored);
    expect(new Uint8Array(await buffer(content))).toEqual(bytes);
    expect(await objects.find('round/all.bin')).toEqual(stored);
  });

  test('an empty file is a file', async () => {
    await objects.put('empty/bytes', new Uint8Array(), TEXT);
    await objects.put('empty/stream', Readable.from([]), { ...TEXT, maxBytes: 0 });
    for (const key of ['empty/bytes', 'empty/stream']) {
      expect(await objects.find(key)).toMatchObject({ key, bytes: 0 });
      expect(await read(key)).toBe('');
    }
  });

  test('a large file is streamed in and out', async () => {
    const pieces = Array.from({ length: 20 }, (_, n) => Buffer.alloc(MEBIBYTE, n));
    const sha256 = createHash('sha256').update(Buffer.concat(pieces)).digest('hex');
    const options = { contentType: 'application/pdf', maxBytes: 20 * MEBIBYTE };
    expect(await objects.put('large', Readable.from(pieces), options)).toMatchObject({
      bytes: 20 * MEBIBYTE,
      sha256,
    });
    const hash = createHash('sha256');
    const { info, content } = await objects.get('large');
    for await (const chunk of content) hash.update(chunk);
    expect(info.sha256).toBe(sha256);
    expect(hash.digest('hex')).toBe(sha256);
  });

  test('a second put replaces content and type; who reads the first goes on reading it', async () => {
    await objects.put('replaced', Buffer.from('old'), TEXT);
    const begun = await objects.get('replaced');
    const stored = await objects.put('replaced', Buffer.from('newer'), { ...TEXT, contentType: 'text/csv' });
    expect(await text(begun.content)).toBe('old');
    expect(await objects.find('replaced')).toEqual(stored);
    expect(await read('replaced')).toBe('newer');
  });

  test.for([
    ['bytes', () => Buffer.alloc(1_001)],
    ['a stream', () => Readable.from([Buffer.alloc(600), Buffer.alloc(401)])],
  ] as const)('%s beyond the limit are refused, and what was there stays', async ([what, content]) => {
    const key = `limit/${what.replace(' ', '-')}`;
    await objects.put(key, Buffer.from('old'), TEXT);
    await expect(objects.put(key, content(), TEXT)).rejects.toMatchObject({
      code: 'BODY_TOO_LARGE',
      details: { limit: 1_000 },
    });
    expect(await read(key)).toBe('old');
  });

  test('an upload that breaks fails as it broke, and what was there stays', async () => {
    await objects.put('broken/old', Buffer.from('old'), TEXT);
    const broken = new Error('the browser went away');
    async function* half() {
      yield Buffer.from('new');
      throw broken;
    }
    await expect(objects.put('broken/old', Readable.from(half()), TEXT)).rejects.toBe(broken);
    await expect(objects.put('broken/new', Readable.from(half()), TEXT)).rejects.toBe(broken);
    expect(await read('broken/old')).toBe('old');
    expect(await objects.find('broken/new')).toBeNull();
  });

  test('of two puts at once one is kept, whole', async () => {
    const contents = ['a', 'b'].map((letter) => letter.repeat(1_000));
    await Promise.all(contents.map((content) => objects.put('race', Buffer.from(content), TEXT)));
    expect(contents).toContain(await read('race'));
  });

  test('a file that is not there is said to be absent', async () => {
    expect(await objects.find('absent/file')).toBeNull();
    await expect(objects.get('absent/file')).rejects.toMatchObject({
      code: 'OBJECT_NOT_FOUND',
      details: { key: 'absent/file' },
    });
    await expect(objects.delete('absent/file')).resolves.toBeUndefined();
  });

  test('a deleted file is gone, and can be put again', async () => {
    await objects.put('deleted', Buffer.from('1'), TEXT);
    await objects.delete('deleted');
    expect(await objects.find('deleted')).toBeNull();
    await objects.put('deleted', Buffer.from('2'), TEXT);
    expect(await read('deleted')).toBe('2');
  });

  test('a key may begin another one', async () => {
    await objects.put('nested', Buffer.from('1'), TEXT);
    await objects.put('nested/file', Buffer.from('2'), TEXT);
    await objects.put('nested/file/more', Buffer.from('3'), TEXT);
    expect([await read('nested'), await read('nested/file'), await read('nested/file/more')]).toEqual([
      '1',
      '2',
      '3',
    ]);
  });

  test('a list has the keys that begin so, in the order of their characters', async () => {
    const keys = ['list/B', 'list/a', 'list/a-b', 'list/a.b', 'list/a/b', 'list/a/b/c', 'list/a0', 'list/b'];
    for (const key of [...keys].reverse()) await objects.put(key, Buffer.from('1'), TEXT);
    await objects.put('lister', Buffer.from('1'), TEXT);
    expect(await objects.list('list/')).toEqual({ keys, next: null });
    expect((await objects.list('list/a')).keys).toEqual(keys.slice(1, -1));
    expect((await objects.list('list/a/b')).keys).toEqual(['list/a/b', 'list/a/b/c']);
    expect((await objects.list('list/', 'list/a.b')).keys).toEqual(keys.slice(4));
    expect((await objects.list('list/', 'list/a/b')).keys).toEqual(keys.slice(5));
    expect(await objects.list('list/none')).toEqual({ keys: [], next: null });
  });

  test('a list that is longer than a page goes on where it stopped', async () => {
    const keys = Array.from(
      { length: 1_001 },
      (_, n) => `pages/${String(n % 7)}/${String(n).padStart(4, '0')}`,
    );
    for (let n = 0; n < keys.length; n += 50) {
      await Promise.all(keys.slice(n, n + 50).map((key) => objects.put(key, new Uint8Array(), TEXT)));
    }
    const first = await objects.list('pages/');
    expect(first.keys).toHaveLength(1_000);
    expect(first.next).toBe(first.keys.at(-1));
    const rest = await objects.list('pages/', first.next!);
    expect(rest.next).toBeNull();
    expect([...first.keys, ...rest.keys]).toEqual([...keys].sort());
  });

  test.for([
    '',
    '/',
    'a/',
    '/a',
    'a//b',
    '..',
    '../a',
    'a/../../b',
    'a/./b',
    'a b',
    'ä',
    'a\\b',
    'a\0',
    'a~',
    'k'.repeat(201),
  ])('what is no key is refused: %j', async (key) => {
    const refused = { code: 'REQUEST_INVALID', details: { fields: [{ path: 'key' }] } };
    await expect(objects.put(key, new Uint8Array(), TEXT)).rejects.toMatchObject(refused);
    await expect(objects.get(key)).rejects.toMatchObject(refused);
    await expect(objects.find(key)).rejects.toMatchObject(refused);
    await expect(objects.delete(key)).rejects.toMatchObject(refused);
  });

  test('a type that is none, or a prefix that no key has, is refused', async () => {
    const put = objects.put('a', new Uint8Array(), { ...TEXT, contentType: 'text/plain\r\nx: y' });
    await expect(put).rejects.toMatchObject({ details: { fields: [{ path: 'contentType' }] } });
    await expect(objects.list('a b')).rejects.toMatchObject({ details: { fields: [{ path: 'prefix' }] } });
  });

  test('a closed store answers nothing', async () => {
    const closed = await open();
    await closed.close();
    for (const ask of [
      () => closed.put('a', new Uint8Array(), TEXT),
      () => closed.get('a'),
      () => closed.find('a'),
      () => closed.delete('a'),
      () => closed.list(''),
    ]) {
      await expect(ask()).rejects.toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
        details: { part: 'objects' },
      });
    }
  });
}
