import { roundCash } from '@butik/domain/money/cash-rounding';
import { settleTenders, type Tender } from '@butik/domain/sale/settle-tenders';
import { ButikError } from '@butik/proto/errors/butik-error';

const SUPPORTED = ['cash', 'external'];

export interface Settlement {
  /** Total + rounding: what the tenders had to cover. */
  payableMinor: number;
  roundingMinor: number;
  changeMinor: number;
}

/**
 * Whether the tenders settle a total. Only what is left for cash is rounded to coins, so that a payment
 * split with a card is exact. Throws TENDER_UNSUPPORTED and what `settleTenders` throws.
 */
export function settle(totalMinor: number, currency: string, tenders: readonly Tender[]): Settlement {
  for (const [tender, { type }] of tenders.entries()) {
    if (!SUPPORTED.includes(type)) {
      throw new ButikError('TENDER_UNSUPPORTED', { details: { tender, type, supported: SUPPORTED } });
    }
  }
  const otherMinor = tenders
    .filter(({ type }) => type !== 'cash')
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const takesCash = tenders.some(({ type }) => type === 'cash');
  const roundingMinor = takesCash ? roundCash(totalMinor - otherMinor, currency).roundingMinor : 0;
  const payableMinor = totalMinor + roundingMinor;
  return { payableMinor, roundingMinor, ...settleTenders(payableMinor, tenders) };
}
