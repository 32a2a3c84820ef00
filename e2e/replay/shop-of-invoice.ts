import { crc32 } from 'node:zlib';

/** The shop, from 0, that an invoice is played in; its sale and its return fall in the same one. */
export function shopOfInvoice(invoice: string, shops: number): number {
  return crc32(invoice) % shops;
}
