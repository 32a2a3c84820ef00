import { setTimeout as wait } from 'node:timers/promises';
import { STORE_FILE } from '../../edge/src/store/store.ts';
import type { ManagedProcess } from '../../scripts/managed-process.ts';
import type { CrashShop } from './open-shop.ts';
import type { PlannedCycle } from './plan-cycles.ts';
import { POINTS } from './points.ts';
import { watchFile } from './watch-file.ts';

/** What a strike watches and whom it kills. */
export interface Scene {
  shop: Pick<CrashShop, 'dataFolder' | 'link' | 'process'>;
  hub: { process: ManagedProcess; documentsFolder: string };
  /** Resolves when so many more answers of the shop have been read. */
  answersRead(count: number): Promise<void>;
}

export const DOCUMENTS_FILE = 'documents.db';
/** Clients read several answers a moment. */
const ANSWERS_FACTOR = 5;
const GIVE_UP_AFTER_MS = 6_000;
/** A write is handed to the disk some milliseconds after the request it belongs to. */
const MOST_HUB_DELAY_MS = 8;

/**
 * Waits for the cycle's point and kills in the turn in which it is reached; kills anyway when it is not
 * reached in time. Returns whether it was reached.
 */
export async function strike(cycle: PlannedCycle, scene: Scene): Promise<boolean> {
  const giveUp = new AbortController();
  const reached = await Promise.race([
    moment(cycle, scene, giveUp.signal).then(() => true),
    wait(GIVE_UP_AFTER_MS, false, { signal: giveUp.signal }).catch(() => false),
  ]);
  // The signals are sent before anything is waited for: both processes die in the same turn.
  const { kills } = POINTS[cycle.point];
  const isStillOpen = cycle.point !== 'hub-push-arrived' || scene.shop.link.pushUnderWay;
  const ends = [
    ...(kills === 'hub' ? [] : [scene.shop.process.kill()]),
    ...(kills === 'edge' ? [] : [scene.hub.process.kill()]),
  ];
  giveUp.abort();
  scene.shop.link.forget();
  await Promise.all(ends);
  return reached && isStillOpen;
}

async function moment({ point, delayMs, nth }: PlannedCycle, scene: Scene, signal: AbortSignal) {
  const { shop, hub, answersRead } = scene;
  const { link, dataFolder } = shop;
  switch (point) {
    case 'edge-writes':
      return nthWrite(dataFolder, `${STORE_FILE}-wal`, nth, signal);
    case 'edge-checkpoints':
      return nthWrite(dataFolder, STORE_FILE, 1, signal);
    case 'edge-answered':
      return answersRead(nth * ANSWERS_FACTOR);
    case 'edge-push-unanswered':
    case 'hub-push-journalled':
    case 'both-push-unanswered':
      return link.pushAnswerIsHeld();
    case 'edge-acknowledged':
      return link.pushAnswerArrives();
    case 'hub-push-arrived':
      await link.pushArrives();
      return wait(nth % MOST_HUB_DELAY_MS);
    case 'hub-applies':
    case 'hub-publishes':
      await link.pushAnswerArrives();
      return nthWrite(hub.documentsFolder, `${DOCUMENTS_FILE}-wal`, nth, signal);
    default:
      return wait(delayMs);
  }
}

/** Resolves at the nth write to the file that is heard of. */
export function nthWrite(folder: string, file: string, nth: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let left = nth;
    const end = watchFile(folder, file, () => {
      left -= 1;
      if (left > 0) return;
      end();
      resolve();
    });
    signal.addEventListener('abort', end, { once: true });
  });
}
