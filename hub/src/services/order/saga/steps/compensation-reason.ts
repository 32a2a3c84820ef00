import type { Saga } from '../saga.ts';

/** What payment and inventory take at most. */
const MAX_CHARACTERS = 200;

/**
 * Why the order is cancelled, as text that every service can keep, whatever was written down before: a compensation
 * that is refused for its text would keep the customer's money for ever.
 */
export function compensationReason({ cancelReason = '' }: Pick<Saga, 'cancelReason'>): string {
  const plain = cancelReason.replace(/\p{Cc}+/gu, ' ').trim();
  return plain.slice(0, MAX_CHARACTERS).toWellFormed();
}
