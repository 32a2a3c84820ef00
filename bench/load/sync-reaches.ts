import { setTimeout as wait } from 'node:timers/promises';

/** As much of `GET /v1/sync` as is asked for. */
interface SyncAnswer {
  unsent: { facts: number };
  down: { position: string | null; upToDate: boolean };
}

const POLL_MS = 40;
const GIVE_UP_MS = 30 * 60_000;

/** Asks a running shop how it stands with its hub until it is as wanted. */
export async function syncReaches(url: string, isReached: (answer: SyncAnswer) => boolean): Promise<void> {
  const giveUp = performance.now() + GIVE_UP_MS;
  for (;;) {
    const answer = await readSync(url);
    if (isReached(answer)) return;
    if (performance.now() > giveUp) throw new Error(`half an hour did not do: ${JSON.stringify(answer)}`);
    await wait(POLL_MS);
  }
}

export async function readSync(url: string): Promise<SyncAnswer> {
  return (await (await fetch(`${url}/v1/sync`)).json()) as SyncAnswer;
}
