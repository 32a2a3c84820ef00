import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { formatOf, openSpool, spoolUpload } from './spool.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'butik-spool-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('an upload of just the limit is kept, one byte more is refused and leaves nothing behind', async () => {
  const upload = (bytes: number) => Readable.from([Buffer.alloc(bytes - 1, 'a'), Buffer.from('b')]);
  expect(await spoolUpload(upload(100), join(folder, 'kept.csv'), 'csv', 100)).toBe(100);
  const tooLarge = spoolUpload(upload(101), join(folder, 'large.csv'), 'csv', 100);
  await expect(tooLarge).rejects.toMatchObject({ code: 'BODY_TOO_LARGE', details: { limit: 100 } });
  expect(await readdir(folder)).toEqual(['kept.csv']);
});

test('an upload that breaks off leaves nothing behind', async () => {
  const broken = Readable.from(
    (async function* () {
      yield Buffer.from('code,name\n');
      throw new Error('the line went down');
    })(),
  );
  await expect(spoolUpload(broken, join(folder, 'broken.csv'), 'csv')).rejects.toThrow('the line went down');
  expect(await readdir(folder)).toEqual([]);
});

test('a process keeps its name over a restart', async () => {
  const first = await openSpool(folder, () => 'first');
  const second = await openSpool(folder, () => 'second');
  expect([first.worker, second.worker]).toEqual(['first', 'first']);
});

test('the name says what a file is, in any case of letters', () => {
  expect([formatOf('A.CSV'), formatOf('b.tsv'), formatOf('c.XLSX')]).toEqual(['csv', 'csv', 'xlsx']);
  expect(() => formatOf('catalogue.xls')).toThrow(
    expect.objectContaining({ code: 'IMPORT_FILE_NOT_WHAT_IT_SAYS' }),
  );
});
