import type { Behaviour } from './behaviour.ts';
import { type BankLedger, openBankLedger } from './ledger.ts';

/** A payment request or a refund as the bank keeps it. */
export interface Transfer {
  kind: 'payment' | 'refund';
  id: string;
  status: 'CREATED' | 'PAID' | 'DECLINED' | 'ERROR' | 'CANCELLED' | 'DEBITED';
  amountMinor: number;
  currency: string;
  payer: string;
  payee: string;
  callbackUrl: string;
  message: string;
  reference: string;
  /** Of a refund: the payment it gives back. */
  originalReference: string | null;
  paymentReference: string | null;
  errorCode: string | null;
  behaviour: Behaviour;
  looks: number;
  createdAt: string;
  datePaid: string | null;
}

export interface Bank {
  ledger: BankLedger;
  find(kind: Transfer['kind'], id: string): Transfer | undefined;
  all(): Transfer[];
  add(transfer: Transfer): void;
  /** Moves the money, once. */
  pay(transfer: Transfer, amountMinor?: number): void;
  end(transfer: Transfer, status: 'DECLINED' | 'ERROR' | 'CANCELLED', errorCode?: string): void;
  /** What may still be given back of the payment with this reference; null when there is none. */
  refundable(paymentReference: string): { payment: Transfer; leftMinor: number } | null;
  forget(id?: string): void;
}

export function openBank(): Bank {
  const ledger = openBankLedger();
  const transfers = new Map<string, Transfer>();
  let paid = 0;
  const keyOf = ({ kind, id }: Pick<Transfer, 'kind' | 'id'>) => `${kind} ${id}`;

  return {
    ledger,
    find: (kind, id) => transfers.get(keyOf({ kind, id })),
    all: () => [...transfers.values()],
    add: (transfer) => void transfers.set(keyOf(transfer), transfer),
    pay(transfer, amountMinor = transfer.amountMinor) {
      if (transfer.status !== 'CREATED' && transfer.errorCode !== 'DS24') return;
      transfer.status = 'PAID';
      transfer.errorCode = null;
      transfer.amountMinor = amountMinor;
      transfer.datePaid = new Date().toISOString();
      transfer.paymentReference = (++paid).toString(16).toUpperCase().padStart(32, '0');
      ledger.transfer(transfer.id, transfer.payer, transfer.payee, amountMinor);
    },
    end(transfer, status, errorCode) {
      if (transfer.status !== 'CREATED') return;
      transfer.status = status;
      transfer.errorCode = errorCode ?? null;
    },
    refundable(paymentReference) {
      const all = [...transfers.values()];
      const payment = all.find((one) => one.kind === 'payment' && one.paymentReference === paymentReference);
      if (!payment) return null;
      const given = all.filter(
        (one) =>
          one.kind === 'refund' && one.originalReference === paymentReference && one.status !== 'ERROR',
      );
      const givenMinor = given.reduce((total, { amountMinor }) => total + amountMinor, 0);
      return { payment, leftMinor: payment.amountMinor - givenMinor };
    },
    forget(id) {
      for (const [key, transfer] of transfers) {
        if (id === undefined || transfer.id === id) transfers.delete(key);
      }
    },
  };
}

/** The resource as Swish shows it. */
export function resourceOf(transfer: Transfer): object {
  const { id, status, message, currency, callbackUrl, paymentReference, errorCode } = transfer;
  const common = {
    id,
    status,
    amount: transfer.amountMinor / 100,
    currency,
    message,
    callbackUrl,
    paymentReference,
    dateCreated: transfer.createdAt,
    datePaid: transfer.datePaid,
    errorCode,
    errorMessage: errorCode && `The payment ended with ${errorCode}.`,
  };
  return transfer.kind === 'payment'
    ? {
        ...common,
        payeePaymentReference: transfer.reference,
        payerAlias: transfer.payer,
        payeeAlias: transfer.payee,
      }
    : {
        ...common,
        payerPaymentReference: transfer.reference,
        originalPaymentReference: transfer.originalReference,
        payerAlias: transfer.payer,
        payeeAlias: transfer.payee,
      };
}
