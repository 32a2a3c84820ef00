import { setTimeout as wait } from 'node:timers/promises';
import type { ManagedProcess } from '../../scripts/managed-process.ts';

/** Starts a process that was killed; with `againAfterMs` it is killed once more while it starts. Returns whether it was starting then. */
export async function restart(process: ManagedProcess, againAfterMs?: number): Promise<boolean> {
  if (againAfterMs === undefined) {
    await process.start();
    return false;
  }
  let isReady = false;
  const first = process.start().then(() => {
    isReady = true;
  });
  await wait(againAfterMs);
  const wasStarting = !isReady;
  await process.kill();
  await first;
  await process.start();
  return wasStarting;
}
