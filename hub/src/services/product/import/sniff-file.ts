/** What the first bytes of a file show it to be. */
export type Looks =
  | 'text'
  | 'utf-16 text'
  | 'zip'
  | 'an old Excel file (.xls)'
  | 'pdf'
  | 'html or xml'
  | 'binary'
  | 'empty';

/** Bytes of the beginning that are looked at. */
export const SNIFF_BYTES = 65_536;

const MAGIC: readonly (readonly [bytes: readonly number[], looks: Looks])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'zip'],
  [[0x50, 0x4b, 0x05, 0x06], 'zip'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel file (.xls)'],
  [[0x25, 0x50, 0x44, 0x46], 'pdf'],
  [[0xff, 0xfe], 'utf-16 text'],
  [[0xfe, 0xff], 'utf-16 text'],
];

const MARKUP = /^(<!doctype|<html|<head|<body|<table|<\?xml|<svg|<script)/;
const BYTE_ORDER_MARK = '\u{feff}';

export function sniff(head: Uint8Array): Looks {
  if (head.length === 0) return 'empty';
  for (const [bytes, looks] of MAGIC) if (bytes.every((byte, index) => head[index] === byte)) return looks;
  if (head.some(isControl)) return 'binary';
  const beginning = new TextDecoder().decode(head.subarray(0, 512)).replace(BYTE_ORDER_MARK, '').trimStart();
  if (MARKUP.test(beginning.toLowerCase())) return 'html or xml';
  return 'text';
}

/** Bytes that no text holds: all controls but tab, line feed, form feed, carriage return and Ctrl-Z. */
export function isControl(byte: number): boolean {
  return byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0c && byte !== 0x0d && byte !== 0x1a;
}
