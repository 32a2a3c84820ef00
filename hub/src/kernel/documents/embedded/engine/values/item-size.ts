import { type AttributeValue, type Item, membersOf } from './attribute-value.ts';

const NESTED_OVERHEAD = 3;

/** Bytes of an item as DynamoDB counts them: names and values. */
export function itemSize(item: Item): number {
  let size = 0;
  for (const [name, value] of Object.entries(item)) size += Buffer.byteLength(name) + valueSize(value);
  return size;
}

export function valueSize(value: AttributeValue): number {
  if ('S' in value) return Buffer.byteLength(value.S);
  if ('N' in value) return numberSize(value.N);
  if ('B' in value) return Buffer.byteLength(value.B, 'base64');
  if ('M' in value) return NESTED_OVERHEAD + itemSize(value.M) + Object.keys(value.M).length;
  if ('L' in value) return value.L.reduce((size, element) => size + 1 + valueSize(element), NESTED_OVERHEAD);
  if ('NS' in value) return value.NS.reduce((size, member) => size + numberSize(member), 0);
  if ('BS' in value) return value.BS.reduce((size, member) => size + Buffer.byteLength(member, 'base64'), 0);
  return membersOf(value)?.reduce((size, member) => size + Buffer.byteLength(member), 0) ?? 1;
}

function numberSize(number: string): number {
  const digits = number.replace(/[-.]/g, '').replace(/^0+|0+$/g, '').length;
  return Math.ceil(digits / 2) + (number.startsWith('-') ? 2 : 1);
}
