import { ButikError } from '@butik/proto/errors/butik-error';

export interface Tender {
  /** `cash` is the only one that gives change. */
  type: string;
  /** Above zero on a sale, below zero on a return. */
  amountMinor: number;
}

/**
 * Whether the tenders settle what is owed, and the change to give. What a return pays back must match to
 * the öre. Throws TENDER_INVALID (`details.tender`, from 0), TENDER_INSUFFICIENT
 * (`details.missingMinor`, above zero) and TENDER_EXCESSIVE (`details.excessMinor`, above zero).
 */
export function settleTenders(payableMinor: number, tenders: readonly Tender[]): { changeMinor: number } {
  const sign = payableMinor < 0 ? -1 : 1;
  let tenderedMinor = 0;
  let cashMinor = 0;
  for (const [index, { type, amountMinor }] of tenders.entries()) {
    const magnitude = amountMinor * sign;
    if (!Number.isSafeInteger(magnitude) || magnitude < 0) {
      throw new ButikError('TENDER_INVALID', { details: { tender: index, type, amountMinor } });
    }
    tenderedMinor += magnitude;
    if (type === 'cash') cashMinor += magnitude;
  }
  const excessMinor = tenderedMinor - payableMinor * sign;
  if (excessMinor < 0)
    throw new ButikError('TENDER_INSUFFICIENT', { details: { missingMinor: 0 - excessMinor } });
  const changeable = sign === 1 ? cashMinor : 0;
  if (excessMinor > changeable) throw new ButikError('TENDER_EXCESSIVE', { details: { excessMinor } });
  return { changeMinor: excessMinor };
}
