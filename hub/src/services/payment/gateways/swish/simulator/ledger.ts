/** What the bank believes: every movement is two entries of one sum. */
export interface BankLedger {
  /** Moves minor units between accounts; `about` is the payment or refund. */
  transfer(about: string, from: string, to: string, amountMinor: number): void;
  /** Minor units. */
  balance(account: string): number;
  /** How often, and how much in all, money moved for this payment or refund. */
  movedFor(about: string): { times: number; amountMinor: number };
}

export function openBankLedger(): BankLedger {
  const entries: { about: string; account: string; amountMinor: number }[] = [];
  return {
    transfer(about, from, to, amountMinor) {
      entries.push({ about, account: from, amountMinor: 0 - amountMinor });
      entries.push({ about, account: to, amountMinor });
    },
    balance: (account) => sum(entries.filter((entry) => entry.account === account)),
    movedFor(about) {
      const credits = entries.filter((entry) => entry.about === about && entry.amountMinor > 0);
      return { times: credits.length, amountMinor: sum(credits) };
    },
  };
}

function sum(entries: readonly { amountMinor: number }[]): number {
  return entries.reduce((total, { amountMinor }) => total + amountMinor, 0);
}
