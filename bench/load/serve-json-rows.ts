/** A process: serves `/products/N` and `/prices/N`, each a JSON array of a page of the catalogue that is ready in memory. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { priceRow, productRow } from './catalogue-rows.ts';

const count = Number(process.argv[2]);
const pageRows = Number(process.argv[3]);
const pages = new Map<string, Buffer>();
for (const [name, row] of Object.entries({ products: productRow, prices: priceRow })) {
  for (let from = 0; from < count; from += pageRows) {
    const rows = Array.from({ length: Math.min(pageRows, count - from) }, (_, index) => row(from + index));
    pages.set(`/${name}/${from / pageRows}`, Buffer.from(JSON.stringify(rows)));
  }
}
const server = createServer((request, reply) => {
  reply.setHeader('content-type', 'application/json').end(pages.get(request.url!) ?? '[]');
});
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
process.once('disconnect', () => process.exit());
