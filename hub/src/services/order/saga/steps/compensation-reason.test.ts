import { expect, test } from 'vitest';
import type { Saga } from '../saga.ts';
import { refund } from './refund.ts';
import { release } from './release.ts';
import type { StepCall } from './saga-step.ts';

test('a reason that was kept before such ones were refused holds up neither money nor goods', async () => {
  const said: string[] = [];
  const hear = async ({ reason }: { reason: string }) => {
    said.push(reason);
    return { status: 'refunded' };
  };
  const clients = { payment: { cancelPayment: hear }, inventory: { releaseReservation: hear } };
  const reasons = ['a\u0000\u0001b', 'slut\ud800', `${'x'.repeat(199)}😀`, '\u0000', undefined];
  for (const cancelReason of reasons) {
    const saga = { cancelReason } as Saga;
    const call = { context: { clients }, saga } as unknown as StepCall;
    expect([await refund.call(call), await release.call(call)]).toEqual(['refunded', 'released']);
  }
  const kept = ['a b', 'slut\ufffd', `${'x'.repeat(199)}\ufffd`, '', ''];
  expect(said).toEqual(kept.flatMap((reason) => [reason, reason]));
});
