/**
 * A process: makes sales of three lines in the store of a box that has a catalogue and no line, by the box's own
 * operation and as fast as it can. Its facts wait in the outbox. Tells seconds and how many facts wait.
 */
import { readEdgeConfig } from '../../edge/src/config.ts';
import { startEdge } from '../../edge/src/edge.ts';
import { newId } from '../../edge/src/new-id.ts';
import { loadIdentity } from '../../edge/src/provisioning/load-identity.ts';
import { createFactWriter } from '../../edge/src/replication/outbox/append-fact.ts';
import { sha256 } from '../../edge/src/sha256.ts';
import { createShop } from '../../edge/src/shop.ts';

/** Made at once; they share an fsync. */
const TOGETHER = 100;
const LINES = 3;
const PRODUCTS = 60;

const [dataFolder, count] = process.argv.slice(2) as [string, string];
const identity = await loadIdentity(dataFolder);
const edge = await startEdge(readEdgeConfig({}, { dataFolder, port: '0', logLevel: 'silent' }), {
  fetch: () => Promise.reject(new TypeError('no line')),
});
const { store } = edge;
const ports = { clock: { now: () => Date.now() }, newId };
const facts = createFactWriter({ identity, ports, store, sha256 });
const shop = createShop({ store, facts, ports, identity, till: '1' });

const baskets = basketsOf(
  store.db
    .prepare<[], string>(`SELECT id FROM products WHERE unit = 'piece' AND active = 1 LIMIT ${PRODUCTS}`)
    .pluck()
    .all(),
);
const sales = Number(count);
const startedAt = performance.now();
for (let from = 0; from < sales; from += TOGETHER) {
  const numbers = Array.from({ length: Math.min(TOGETHER, sales - from) }, (_, index) => from + index);
  await Promise.all(numbers.map((n) => shop.recordSale(newId(), baskets[n % baskets.length]!)));
}
const seconds = (performance.now() - startedAt) / 1000;
const waiting = store.db.prepare<[], number>('SELECT count(*) FROM outbox').pluck().get();
await edge.close();
process.send!({ seconds, facts: waiting });

function basketsOf(products: readonly string[]) {
  return products.slice(LINES - 1).map((_, first) => {
    const lines = products.slice(first, first + LINES).map((productId) => ({ productId, quantity: 1 }));
    const { totalMinor } = shop.quoteSale({ lines, cash: false });
    return { lines, tenders: [{ type: 'external', amountMinor: totalMinor }] };
  });
}
