import { expect, test } from 'vitest';
import { NoAnswerError, ProblemError } from '../api/errors.ts';
import type { Sale } from '../api/types.ts';
import { type PendingSale, type SendPorts, sendSale } from './send-sale.ts';

const pending: PendingSale = {
  idempotencyKey: '0199c1de-0000-7000-8000-0000000000aa',
  sale: {
    lines: [{ productId: '0199c1de-0000-7000-8000-000000000001', quantity: 1 }],
    tenders: [{ type: 'cash', amountMinor: 2000 }],
    currency: 'SEK',
  },
};
const sold: Sale = {
  saleId: '0199c1de-0000-7000-8000-0000000000bb',
  kind: 'sale',
  receipt: { till: '1', epoch: 1, number: 1, journalHash: 'ab', text: '1-1-000001' },
  businessDay: '2026-03-02',
  soldAt: '2026-03-02T08:00:00.000Z',
  lines: [],
  vat: [],
  totalMinor: 1690,
  roundingMinor: 10,
  payableMinor: 1700,
  currency: 'SEK',
  tenders: [{ type: 'cash', amountMinor: 2000 }],
  changeMinor: 300,
};

function edgeThatAnswers(...answers: (Sale | Error)[]) {
  const log = { keys: [] as string[], waits: [] as number[], retries: [] as string[] };
  const ports: SendPorts = {
    async post(_sale, key) {
      log.keys.push(key);
      const answer = answers.shift() ?? sold;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    async wait(ms) {
      log.waits.push(ms);
    },
    onRetry: (attempt, reason) => log.retries.push(`${attempt} ${reason.name}`),
  };
  return { ports, log };
}

function problem(status: number, code: string): ProblemError {
  return new ProblemError({ status, code, title: code, detail: code, remedy: 'Läs bruksanvisningen.' });
}

test('a sale that is answered is sent once', async () => {
  const { ports, log } = edgeThatAnswers(sold);
  expect(await sendSale(pending, ports)).toBe(sold);
  expect(log).toEqual({ keys: [pending.idempotencyKey], waits: [], retries: [] });
});

test('a lost answer is asked for again with the same key until it comes, with longer and longer waits', async () => {
  const lost = Array.from({ length: 5 }, () => new NoAnswerError('lost'));
  const { ports, log } = edgeThatAnswers(...lost, sold);
  expect(await sendSale(pending, ports)).toBe(sold);
  expect(log.keys).toEqual(Array(6).fill(pending.idempotencyKey));
  expect(log.waits).toEqual([500, 1000, 2000, 4000, 4000]);
  expect(log.retries.at(0)).toBe('1 NoAnswerError');
});

test('an edge that is busy or out of order is asked again, as the sale may have been made', async () => {
  const { ports, log } = edgeThatAnswers(problem(429, 'RATE_LIMITED'), problem(500, 'INTERNAL'), sold);
  await sendSale(pending, ports);
  expect(log.retries).toEqual(['1 ProblemError', '2 ProblemError']);
});

test.each([problem(412, 'TENDER_INSUFFICIENT'), problem(503, 'STORE_FULL')])(
  'a refusal for good ($problem.code) is told and not repeated',
  async (refusal) => {
    const { ports, log } = edgeThatAnswers(refusal);
    await expect(sendSale(pending, ports)).rejects.toBe(refusal);
    expect(log.keys).toHaveLength(1);
  },
);
