import { setTimeout as wait } from 'node:timers/promises';
import { type Benchmark, percentile } from '../benchmark.ts';
import { makeFollowedHub } from '../load/followed-hub.ts';
import { residentMemory } from '../load/resident-memory.ts';
import { startShopFollowers } from '../load/shop-followers.ts';

const SHOPS = 500;
const ROUNDS = 20;
const WARM_UP = 3;
/** What the hub is left alone for before its memory is looked at. */
const SETTLE_MS = 3_000;

export const fanOut: Benchmark = {
  name: 'fan-out',
  what: 'a price set at the hub to every shop that follows it by long poll (rows: how many shops), and the hub’s memory for each',
  async run(say, { rows: shops = SHOPS, rounds = ROUNDS }) {
    const { hub, engine, boxes, setPrice, remove } = await makeFollowedHub(shops);
    try {
      await wait(SETTLE_MS);
      const alone = residentMemory(hub.process.pid);
      const followers = await startShopFollowers(hub.address.hub, boxes);
      try {
        const delays: number[] = [];
        for (let round = 0; round < rounds + WARM_UP; round++) {
          const amount = 1_000 + round;
          const setAt = performance.timeOrigin + performance.now();
          const [times] = await Promise.all([followers.heard(amount), setPrice(amount)]);
          if (round >= WARM_UP) delays.push(...times.map((at) => at - setAt));
        }
        await wait(SETTLE_MS);
        const followed = residentMemory(hub.process.pid);
        const memory = followed && alone && ((followed.nowMb - alone.nowMb) * 1000) / shops;
        say(
          `  ${engine}; hub ${alone?.nowMb.toFixed(0)} MB alone, ${followed?.nowMb.toFixed(0)} MB followed`,
        );
        const p99Ms = percentile(delays, 0.99);
        return [
          {
            case: `${shops} shops, last heard`,
            value: p99Ms,
            unit: 'ms',
            p50Ms: percentile(delays, 0.5),
            p99Ms,
          },
          ...(memory === undefined ? [] : [{ case: 'memory of the hub', value: memory, unit: 'kB/shop' }]),
        ];
      } finally {
        await followers.stop();
      }
    } finally {
      await remove();
    }
  },
};
