import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { detectDelimiter, readCsv } from './read-csv.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'butik-csv-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(content: string | Buffer): Promise<[number, ...string[]][]> {
  const path = join(folder, 'file.csv');
  await writeFile(path, content);
  const rows: [number, ...string[]][] = [];
  for await (const { row, cells } of readCsv(path)) rows.push([row, ...cells]);
  return rows;
}

const utf16 = (text: string) => Buffer.from(`\u{feff}${text}`, 'utf16le');

test.each([
  ['UTF-8', Buffer.from('namn;pris\nÅl;1')],
  ['UTF-8 with its mark', Buffer.from('\u{feff}namn;pris\nÅl;1')],
  ['Windows-1252', Buffer.from('namn;pris\nÅl;1', 'latin1')],
  ['UTF-16, low byte first', utf16('namn;pris\nÅl;1')],
  ['UTF-16, high byte first', utf16('namn;pris\nÅl;1').swap16()],
])('Swedish letters are right in %s', async (_encoding, content) => {
  expect(await read(content)).toEqual([
    [1, 'namn', 'pris'],
    [2, 'Ål', '1'],
  ]);
});

test('rows are numbered as a spreadsheet numbers them: empty ones count, lines inside quotes do not', async () => {
  expect(await read('a,b\r\n\r\n"två\r\nrader",1\r\n,\r\nsist,2\r\n')).toEqual([
    [1, 'a', 'b'],
    [3, 'två\r\nrader', '1'],
    [5, 'sist', '2'],
  ]);
});

test('inch signs, doubled quotes and missing cells are read as spreadsheets read them', async () => {
  expect(await read('a,b,c\nSkärm 5" bred,1\n"Säg ""hej""",2,3\n')).toEqual([
    [1, 'a', 'b', 'c'],
    [2, 'Skärm 5" bred', '1'],
    [3, 'Säg "hej"', '2', '3'],
  ]);
});

test('a quote that is never closed is malformed at its row', async () => {
  await expect(read('a\n"öppen')).rejects.toMatchObject({
    code: 'IMPORT_FILE_MALFORMED',
    details: { row: 2 },
  });
});

test('a control byte deep inside the file shows that it is no text', async () => {
  const content = Buffer.concat([Buffer.from(`a\n${'b\n'.repeat(50_000)}`), Buffer.from([0])]);
  await expect(read(content)).rejects.toMatchObject({ code: 'IMPORT_FILE_NOT_WHAT_IT_SAYS' });
});

test('the delimiter is the one that parts the header; those inside quotes do not count', () => {
  expect(detectDelimiter('a,b,c')).toBe(',');
  expect(detectDelimiter('"a,b,c";d')).toBe(';');
  expect(detectDelimiter('a\tb')).toBe('\t');
  expect(detectDelimiter('ensam')).toBe(',');
});
