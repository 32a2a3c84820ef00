import { seededRandom } from '../replay/random.ts';
import { POINT_NAMES, POINTS, type PointName } from './points.ts';

export interface PlannedCycle {
  point: PointName;
  /** Milliseconds of selling before the kill at no particular point, and of starting before the second kill. */
  delayMs: number;
  /** The how-manieth event of its kind is struck, from 1. */
  nth: number;
  /** What the clients of the cycle draw their baskets from. */
  seed: number;
}

/** Drawn more often than the others: they need no luck and no hub, and each finds another millisecond. */
const EXTRA: PointName[] = [
  'edge-any-time',
  'edge-any-time',
  'edge-any-time',
  'edge-writes',
  'edge-answered',
];
const MOST_DELAY_MS = 400;
const MOST_NTH = 12;

/**
 * The same seed plans the same cycles. They come in rounds that hold every point, each followed by edge
 * kills where there are some left: a hub takes seconds to come back, and the shop needs no hub meanwhile.
 */
export function planCycles(seed: number, cycles: number): PlannedCycle[] {
  const random = seededRandom(seed);
  const plan: PlannedCycle[] = [];
  while (plan.length < cycles) {
    for (const point of drawRound(random)) {
      plan.push({
        point,
        delayMs: 10 + Math.floor(random() * MOST_DELAY_MS),
        nth: 1 + Math.floor(random() * MOST_NTH),
        seed: Math.floor(random() * 2 ** 31),
      });
    }
  }
  return plan.slice(0, cycles);
}

function drawRound(random: () => number): PointName[] {
  const names = shuffle([...POINT_NAMES, ...EXTRA], random);
  const hub = names.filter((name) => POINTS[name].needsHub);
  const alone = names.filter((name) => !POINTS[name].needsHub);
  return hub.flatMap((name, index) => {
    const from = Math.floor((index * alone.length) / hub.length);
    const to = Math.floor(((index + 1) * alone.length) / hub.length);
    return [name, ...alone.slice(from, to)];
  });
}

function shuffle<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
