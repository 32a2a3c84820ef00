import { resourceOf, type Transfer } from './bank.ts';

const TIMEOUT_MS = 5_000;

export interface CallbackPosts {
  /** Tells the merchant of an outcome, by a real HTTP POST. Nobody waits for it. */
  post(transfer: Transfer): void;
  /** Resolves when all that were begun have ended, well or not. */
  idle(): Promise<void>;
}

/** Addresses nobody answers at are not tried again: the merchant has to look up anyway. */
export function openCallbackPosts(): CallbackPosts {
  const running = new Set<Promise<void>>();
  return {
    post(transfer) {
      if (new URL(transfer.callbackUrl).hostname.endsWith('.invalid')) return;
      const posted = fetch(transfer.callbackUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(resourceOf(transfer)),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
        .then(
          async (answer) => void (await answer.arrayBuffer()),
          () => undefined,
        )
        .finally(() => running.delete(posted));
      running.add(posted);
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
