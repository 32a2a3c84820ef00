import { setTimeout as wait } from 'node:timers/promises';
import { type Benchmark, percentile } from '../benchmark.ts';
import { makeFollowedHub } from '../load/followed-hub.ts';
import { planEdge } from '../load/plan-edge.ts';
import { startShopFollowers } from '../load/shop-followers.ts';
import { syncReaches } from '../load/sync-reaches.ts';

const SHOPS = 200;
const ROUNDS = 100;
const WARM_UP = 5;
const POLL_MS = 4;
const GIVE_UP_MS = 30_000;
/** Aim of DESIGN §9. */
const MOST_MS = 1_000;

export const propagation: Benchmark = {
  name: 'propagation',
  what: 'a price set at the hub until a till shows it, while other shops follow the same hub (rows: how many shops)',
  async run(say, { rows: shops = SHOPS, rounds = ROUNDS }) {
    const { hub, engine, productId, boxes, setPrice, remove } = await makeFollowedHub(shops);
    const edge = await planEdge(boxes[0]!);
    try {
      await edge.process.start();
      await syncReaches(edge.url, ({ down }) => down.position !== null);
      const followers = await startShopFollowers(hub.address.hub, boxes.slice(1));
      try {
        const delays: number[] = [];
        for (let round = 0; round < rounds + WARM_UP; round++) {
          const amount = 1_000 + round;
          const setAt = performance.now();
          await setPrice(amount);
          await tillShows(`${edge.url}/v1/products/${productId}`, amount);
          if (round >= WARM_UP) delays.push(performance.now() - setAt);
        }
        say(`  ${engine}; one real box and ${shops - 1} followers in one process`);
        const p99Ms = percentile(delays, 0.99);
        return [
          {
            case: `price at the till, ${shops} shops`,
            value: p99Ms,
            unit: 'ms',
            p50Ms: percentile(delays, 0.5),
            p99Ms,
            aim: `p99 ≤ ${MOST_MS} ms`,
            met: p99Ms <= MOST_MS,
          },
        ];
      } finally {
        await followers.stop();
      }
    } finally {
      await edge.process.kill();
      await remove();
    }
  },
};

async function tillShows(url: string, amountMinor: number): Promise<void> {
  const giveUp = performance.now() + GIVE_UP_MS;
  while (performance.now() < giveUp) {
    const product = (await (await fetch(url)).json()) as { priceMinor?: number };
    if (product.priceMinor === amountMinor) return;
    await wait(POLL_MS);
  }
  throw new Error(`the till did not show ${amountMinor} within ${GIVE_UP_MS / 1000} s`);
}
