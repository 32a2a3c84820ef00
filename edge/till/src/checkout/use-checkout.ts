import { useEffect, useEffectEvent, useState } from 'react';
import { postSale } from '../api/edge.ts';
import { newId } from '../api/new-id.ts';
import type { Sale, SaleInput } from '../api/types.ts';
import { storedSlot } from '../stored-slot.ts';
import { type PendingSale, sendSale } from './send-sale.ts';

export type CheckoutState =
  | { step: 'selling' }
  | { step: 'sending'; pending: PendingSale; attempts: number; reason: Error | null }
  | { step: 'sold'; sale: Sale };

export interface Checkout {
  state: CheckoutState;
  send(sale: SaleInput): void;
  startOver(): void;
}

/** Kept before the first attempt: after a reload or a crash of the browser the till asks again with the same key. */
const slot = storedSlot(localStorage, 'butik-till-pending-sale-1', isPendingSale);

export function useCheckout(onSold: (sale: Sale) => void, onRefused: (error: Error) => void): Checkout {
  const [state, setState] = useState<CheckoutState>(() => {
    const pending = slot.load();
    return pending ? sending(pending) : { step: 'selling' };
  });
  const sold = useEffectEvent((sale: Sale) => {
    slot.clear();
    setState({ step: 'sold', sale });
    onSold(sale);
  });
  const refused = useEffectEvent((error: Error) => {
    slot.clear();
    setState({ step: 'selling' });
    onRefused(error);
  });

  const pending = state.step === 'sending' ? state.pending : null;
  useEffect(() => {
    if (!pending) return;
    const left = new AbortController();
    sendSale(pending, {
      post: (sale, key) => postSale(sale, key, left.signal),
      wait: (ms) => wait(ms, left.signal),
      onRetry: (attempts, reason) => setState({ step: 'sending', pending, attempts, reason }),
    }).then(sold, (error) => {
      if (!left.signal.aborted) refused(error instanceof Error ? error : new Error(String(error)));
    });
    return () => left.abort();
  }, [pending]);

  return {
    state,
    send(sale) {
      const next = { idempotencyKey: newId(), sale };
      slot.save(next);
      setState(sending(next));
    },
    startOver: () => setState({ step: 'selling' }),
  };
}

function sending(pending: PendingSale): CheckoutState {
  return { step: 'sending', pending, attempts: 0, reason: null };
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

function isPendingSale(value: unknown): value is PendingSale {
  return typeof value === 'object' && value !== null && 'idempotencyKey' in value && 'sale' in value;
}
