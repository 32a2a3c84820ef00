import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineJob } from '../jobs.ts';
import type { EngineUnderTest } from './engine-under-test.ts';
import { eventually, gate, order, settle, settling } from './settling.ts';

/** What becomes of a job that fails. */
export function failingContract(engine: EngineUnderTest): void {
  test('a job that fails is tried again and then done', async () => {
    const { jobs } = engine;
    const attempts: number[] = [];
    const settled = await settling(jobs, async (_orderId, number) => {
      attempts.push(number);
      if (number < 3) throw new Error('the bank is away');
    });
    await jobs.enqueue(settle, order('o1'), { id: 'o1' });
    await eventually(() => expect(settled).toEqual(['o1']));
    expect(attempts).toEqual([1, 2, 3]);
    expect(await jobs.failed()).toEqual([]);
  });

  test('a job that used up its attempts is set aside, listed and begun anew', async () => {
    const { jobs } = engine;
    let bankIsAway = true;
    const settled = await settling(jobs, async () => {
      if (bankIsAway) throw new Error('the bank is away');
    });
    await jobs.enqueue(settle, order('o1'), { id: 'o1' });
    await eventually(async () => expect(await jobs.failed('payment.settle')).toHaveLength(1));
    const [failure] = await jobs.failed();
    expect(failure).toEqual({
      name: 'payment.settle',
      id: 'o1',
      payload: { orderId: 'o1' },
      attempts: 3,
      error: 'Error: the bank is away',
      failedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(await jobs.failed('payment.refund')).toEqual([]);
    expect(await jobs.retryFailed('payment.settle', 'o2')).toBe(false);
    bankIsAway = false;
    expect(await jobs.retryFailed('payment.settle', 'o1')).toBe(true);
    await eventually(() => expect(settled).toEqual(['o1']));
    expect(await jobs.failed()).toEqual([]);
    expect(await jobs.retryFailed('payment.settle', 'o1')).toBe(false);
  });

  test('a failed job that is enqueued again has not failed any more', async () => {
    const { jobs } = engine;
    let bankIsAway = true;
    const settled = await settling(jobs, async () => {
      if (bankIsAway) throw new Error('the bank is away');
    });
    await jobs.enqueue(settle, order('o1'), { id: 'o1' });
    await eventually(async () => expect(await jobs.failed()).toHaveLength(1));
    bankIsAway = false;
    await jobs.enqueue(settle, order('o1 again'), { id: 'o1' });
    await eventually(() => expect(settled).toEqual(['o1 again']));
    expect(await jobs.failed()).toEqual([]);
  });

  test('of failed jobs the latest are kept', async () => {
    const small = await engine.open({ keepFailed: 2 });
    await settling(small, async () => {
      throw new Error('the bank is away');
    });
    for (const id of ['o1', 'o2', 'o3']) {
      await small.enqueue(settle, order(id), { id });
      await eventually(async () => expect((await small.failed()).map((job) => job.id)).toContain(id));
    }
    await eventually(async () => expect((await small.failed()).map((job) => job.id)).toEqual(['o3', 'o2']));
  });

  test('what was enqueued while an attempt ran takes the place of its retry, and does not wait for it', async () => {
    const { jobs } = engine;
    const patient = defineJob({ ...settle, backoffMs: 3_600_000, maxBackoffMs: 3_600_000 });
    const first = gate();
    const settled: unknown[] = [];
    await jobs.work(patient, async ({ orderId }, { number }) => {
      if (orderId === 'second') return void settled.push({ orderId, number });
      await first.pass();
      throw new Error('the bank is away');
    });
    await jobs.enqueue(patient, order('first'), { id: 'a' });
    await first.begun;
    await jobs.enqueue(patient, order('second'), { id: 'a' });
    first.open();
    await eventually(() => expect(settled).toEqual([{ orderId: 'second', number: 1 }]));
  });

  test('a payload that does not fit any more, after a release, is set aside and not tried again', async () => {
    const { jobs } = engine;
    await jobs.enqueue(settle, order('o1'), { id: 'o1' });
    const stricter = defineJob({ ...settle, payload: z.object({ shopId: z.string() }) });
    let tries = 0;
    await jobs.work(stricter, async () => void tries++);
    await eventually(async () => {
      expect(await jobs.failed()).toMatchObject([{ attempts: 1, payload: { orderId: 'o1' } }]);
    });
    expect(tries).toBe(0);
  });

  test('an attempt that takes too long is told so, and another one is made', async () => {
    const { jobs } = engine;
    const aborted: string[] = [];
    const attempts: number[] = [];
    await jobs.work(defineJob({ ...settle, timeoutMs: 50 }), async (_payload, { number, signal }) => {
      attempts.push(number);
      if (number === 1) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      if (signal.aborted) aborted.push(signal.reason.code);
    });
    await jobs.enqueue(settle, order('o1'), { id: 'o1' });
    await eventually(() => expect(attempts).toEqual([1, 2]));
    expect(aborted).toEqual(['DEADLINE_EXCEEDED']);
  });
}
