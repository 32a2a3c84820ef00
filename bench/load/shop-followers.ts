import { fork } from 'node:child_process';
import { on, once } from 'node:events';
import { join } from 'node:path';

const SCRIPT = join(import.meta.dirname, 'follow-as-shops.ts');

/** Many shops that follow a hub, in a process of their own. */
export interface ShopFollowers {
  /** When each shop heard of the price of this amount, in epoch milliseconds; resolves when all have. */
  heard(amountMinor: number): Promise<number[]>;
  stop(): Promise<void>;
}

/** Resolves when every shop is up to date. */
export async function startShopFollowers(hubUrl: string, folders: readonly string[]): Promise<ShopFollowers> {
  const child = fork(SCRIPT, [hubUrl, ...folders], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  const told = on(child, 'message', { close: ['exit'] });
  const next = async () => {
    const { value, done } = await told.next();
    if (done) throw new Error('the followers ended; the lines above say why');
    return value[0] as { ready?: true; amount?: number; times?: number[] };
  };
  await next();
  return {
    async heard(amountMinor) {
      for (;;) {
        const { amount, times } = await next();
        if (amount === amountMinor) return times!;
      }
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
