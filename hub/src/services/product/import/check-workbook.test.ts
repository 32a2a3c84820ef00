import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import ExcelJS from 'exceljs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkWorkbook } from './check-workbook.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'butik-workbook-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function check(bytes: Uint8Array, maxInflatedBytes?: number): Promise<string> {
  const path = join(folder, 'file.xlsx');
  await writeFile(path, bytes);
  return await checkWorkbook(path, maxInflatedBytes).then(
    () => 'fine',
    (error) => error.code,
  );
}

/** A zip file of one deflated entry that states whatever size it likes. */
function zip(name: string, content: Buffer, statedBytes = content.length): Buffer {
  const compressed = deflateRawSync(content);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(8, 4);
  common.writeUInt32LE(compressed.length, 14);
  common.writeUInt32LE(statedBytes, 18);
  common.writeUInt16LE(name.length, 22);
  const header = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, Buffer.from(name)]);
  const entry = Buffer.concat([
    Buffer.from('PK\u0001\u0002\u0014\u0000'),
    common,
    Buffer.alloc(14),
    Buffer.from(name),
  ]);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(header.length + compressed.length, 16);
  return Buffer.concat([header, compressed, entry, end]);
}

test('a workbook passes', async () => {
  const workbook = new ExcelJS.Workbook();
  workbook.addWorksheet('Blad').addRow(['code', 'name']);
  expect(await check(Buffer.from(await workbook.xlsx.writeBuffer()))).toBe('fine');
});

test('another zip file is not a workbook', async () => {
  expect(await check(zip('photo.jpg', Buffer.from('x')))).toBe('IMPORT_FILE_NOT_WHAT_IT_SAYS');
});

test('a bomb is found by what it swells to, whatever size it states', async () => {
  const bomb = zip('xl/workbook.xml', Buffer.alloc(2_000_000), 10);
  expect(bomb.length).toBeLessThan(10_000);
  expect(await check(bomb, 3_000_000)).toBe('fine');
  expect(await check(bomb, 1_000_000)).toBe('IMPORT_FILE_MALFORMED');
});

test('a file that is cut off or damaged is malformed, wherever it is cut', async () => {
  const whole = zip('xl/workbook.xml', Buffer.from('workbook '.repeat(50)));
  for (const length of [4, 40, whole.length - 30, whole.length - 1]) {
    expect(await check(whole.subarray(0, length))).toBe('IMPORT_FILE_MALFORMED');
  }
  const damaged = Buffer.from(whole);
  damaged.fill(0xff, 46, 56);
  expect(await check(damaged)).toBe('IMPORT_FILE_MALFORMED');
});
