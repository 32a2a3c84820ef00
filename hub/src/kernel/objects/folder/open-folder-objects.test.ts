import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { objectsContract } from '../objects.contract.ts';
import { openFolderObjects } from './open-folder-objects.ts';
import { temporaryFolderOf } from './temporary-files.ts';

const TEXT = { contentType: 'text/plain', maxBytes: 1_000_000 };
const WRITER = fileURLToPath(new URL('./kill.writer.ts', import.meta.url));
const clock = { now: () => Date.now() };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'butik-objects-'));
});
afterEach(() => rm(directory, { recursive: true }));
const leftOver = () => readdir(temporaryFolderOf(directory));

describe('files in a folder', () => {
  objectsContract(async () => {
    const shared = await mkdtemp(join(tmpdir(), 'butik-objects-'));
    const objects = await openFolderObjects({ directory: shared, clock });
    const close = async () => {
      await objects.close();
      await rm(shared, { recursive: true });
    };
    return { ...objects, close };
  });
});

test('files are there after a restart', async () => {
  const before = await openFolderObjects({ directory, clock });
  const stored = await before.put('products/1.jpg', Buffer.from('picture'), TEXT);
  await before.close();
  const after = await openFolderObjects({ directory, clock });
  const { info, content } = await after.get('products/1.jpg');
  expect(info).toEqual(stored);
  expect(await text(content)).toBe('picture');
});

test('a process that is killed in the middle of a put leaves the old content, and its remains are swept', async () => {
  const objects = await openFolderObjects({ directory, clock });
  const stored = await objects.put('report.csv', Buffer.from('old'), TEXT);
  const writer = spawn(process.execPath, [WRITER, directory, 'report.csv'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(writer, 'close');
  onTestFinished(() => void writer.kill('SIGKILL'));
  await once(writer.stdout, 'data');
  const [half] = await leftOver();
  expect((await readFile(join(temporaryFolderOf(directory), half!))).includes('half of it')).toBe(true);
  // While the writer lives, another process that starts leaves its work alone.
  await openFolderObjects({ directory, clock });
  expect(await leftOver()).toEqual([half]);
  expect(writer.kill('SIGKILL')).toBe(true);
  expect((await ended)[1]).toBe('SIGKILL');

  const after = await openFolderObjects({ directory, clock });
  const { info, content } = await after.get('report.csv');
  expect(info).toEqual(stored);
  expect(await text(content)).toBe('old');
  expect(await leftOver()).toEqual([]);
});

test('what this process number or any other left long ago is swept, and a put that runs is not', async () => {
  await openFolderObjects({ directory, clock });
  const folder = temporaryFolderOf(directory);
  const before = new Date(performance.timeOrigin - 60_000);
  await writeFile(join(folder, `${process.pid}-of-its-predecessor`), 'x');
  await utimes(join(folder, `${process.pid}-of-its-predecessor`), before, before);
  await writeFile(join(folder, `${process.pid}-running`), 'x');
  await openFolderObjects({ directory, clock });
  expect(await leftOver()).toEqual([`${process.pid}-running`]);
  const aDayLater = { now: () => Date.now() + 25 * 60 * 60 * 1_000 };
  await openFolderObjects({ directory, clock: aDayLater });
  expect(await leftOver()).toEqual([]);
});

test('a put that failed leaves nothing behind', async () => {
  const objects = await openFolderObjects({ directory, clock });
  await objects.put('a', Readable.from([Buffer.alloc(10)]), { ...TEXT, maxBytes: 5 }).catch(() => undefined);
  await objects.put('a', Readable.from(['x']).destroy(new Error('gone')), TEXT).catch(() => undefined);
  expect(await leftOver()).toEqual([]);
  expect(await objects.list('')).toEqual({ keys: [], next: null });
});

test('a file that lost its end is said to be damaged, not served', async () => {
  const objects = await openFolderObjects({ directory, clock });
  await objects.put('a', Buffer.from('whole'), TEXT);
  await truncate(join(directory, 'a~'), 514);
  await expect(objects.get('a')).rejects.toMatchObject({ code: 'INTERNAL', details: { key: 'a' } });
  await expect(objects.find('a')).rejects.toMatchObject({ code: 'INTERNAL' });
});

test('a folder that cannot be used is said to be away', async () => {
  await writeFile(join(directory, 'file'), '');
  const away = { code: 'SERVICE_UNAVAILABLE', details: { part: 'objects' } };
  await expect(openFolderObjects({ directory: join(directory, 'file'), clock })).rejects.toMatchObject(away);
  const objects = await openFolderObjects({ directory, clock });
  await rm(temporaryFolderOf(directory), { recursive: true });
  await expect(objects.put('a', Buffer.from('x'), TEXT)).rejects.toMatchObject(away);
});
