import { propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import type { EngineUnderTest } from './engine-under-test.ts';
import { eventually, gate, order, settle, settling } from './settling.ts';

/** How a job that succeeds is kept and done. */
export function workingContract(engine: EngineUnderTest): void {
  test('a job is done once, with its payload as the schema gives it', async () => {
    const { jobs } = engine;
    const seen: unknown[] = [];
    await jobs.work(settle, async (payload, { id, number, signal }) => {
      seen.push({ payload, id, number, aborted: signal.aborted });
    });
    await jobs.enqueue(settle, { orderId: 'o1' }, { id: 'o1' });
    await jobs.idle();
    const payload = { orderId: 'o1', minor: 0 };
    expect(seen).toEqual([{ payload, id: 'o1', number: 1, aborted: false }]);
    await eventually(async () => {
      for (const { waiting, running, failed } of await jobs.depth())
        expect(waiting + running + failed).toBe(0);
    });
  });

  test('a job waits for its delay while others are done', async () => {
    const { jobs } = engine;
    await jobs.enqueue(settle, order('late'), { id: 'late', delayMs: 1_000 });
    await jobs.enqueue(settle, order('soon'), { id: 'soon' });
    const settled = await settling(jobs);
    await jobs.idle();
    expect(settled).toEqual(['soon']);
    await eventually(() => expect(settled).toEqual(['soon', 'late']));
  });

  test('a job that waits is replaced, payload and delay', async () => {
    const { jobs } = engine;
    await jobs.enqueue(settle, order('old'), { id: 'a', delayMs: 60_000 });
    await jobs.enqueue(settle, order('new'), { id: 'a' });
    await jobs.enqueue(settle, order('old'), { id: 'b' });
    await jobs.enqueue(settle, order('new b'), { id: 'b' });
    await jobs.enqueue(settle, order('old'), { id: 'c' });
    await jobs.enqueue(settle, order('new c'), { id: 'c', delayMs: 60_000 });
    const settled = await settling(jobs);
    await eventually(() => expect(settled.toSorted()).toEqual(['new', 'new b']));
    await jobs.idle();
    expect(settled).toHaveLength(2);
    expect(await jobs.depth()).toEqual([{ name: 'payment.settle', waiting: 1, running: 0, failed: 0 }]);
  });

  test('a job that is enqueued again while it runs is done once more afterwards, as it was enqueued last', async () => {
    const { jobs } = engine;
    const first = gate();
    let running = 0;
    let mostAtOnce = 0;
    const settled = await settling(jobs, async (orderId) => {
      mostAtOnce = Math.max(mostAtOnce, ++running);
      if (orderId === 'first') await first.pass();
      running--;
    });
    await jobs.enqueue(settle, order('first'), { id: 'a' });
    await first.begun;
    await jobs.enqueue(settle, order('second'), { id: 'a' });
    await jobs.enqueue(settle, order('third'), { id: 'a' });
    first.open();
    await eventually(() => expect(settled).toEqual(['first', 'third']));
    await jobs.idle();
    expect(settled).toHaveLength(2);
    expect(mostAtOnce).toBe(1);
  });

  test('so many jobs run side by side as were asked for', async () => {
    const { jobs } = engine;
    let running = 0;
    let mostAtOnce = 0;
    const four = Promise.withResolvers<void>();
    await jobs.work(
      settle,
      async () => {
        mostAtOnce = Math.max(mostAtOnce, ++running);
        if (running === 4) four.resolve();
        await four.promise;
        running--;
      },
      { parallel: 4 },
    );
    for (let n = 0; n < 12; n++) await jobs.enqueue(settle, order(`o${n}`), { id: `o${n}` });
    await jobs.idle();
    expect(mostAtOnce).toBe(4);
  });

  test('a payload that does not fit is refused with its field', async () => {
    const { jobs } = engine;
    const wrong = { orderId: 7 } as unknown as { orderId: string };
    await expect(jobs.enqueue(settle, wrong, { id: 'a' })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      details: { fields: [{ path: 'orderId' }] },
    });
    await expect(jobs.enqueue(settle, order('a'), { id: '' })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    await expect(jobs.enqueue(settle, order('x'.repeat(300_000)), { id: 'a' })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });

  test('how many jobs wait, run and have failed is known by name', async () => {
    const { jobs } = engine;
    const first = gate();
    await settling(jobs, async (orderId) => {
      if (orderId === 'bad') throw new Error('the bank is away');
      await first.pass();
    });
    await jobs.enqueue(settle, order('bad'), { id: 'bad' });
    await eventually(async () => expect(await jobs.failed()).toHaveLength(1));
    await jobs.enqueue(settle, order('o1'), { id: 'o1' });
    await first.begun;
    await jobs.enqueue(settle, order('o2'), { id: 'o2' });
    await jobs.enqueue(settle, order('o3'), { id: 'o3', delayMs: 60_000 });
    await jobs.enqueue({ ...settle, name: 'mail.send' }, order('o3'), { id: 'o3' });
    expect(await jobs.depth()).toEqual([
      { name: 'mail.send', waiting: 1, running: 0, failed: 0 },
      { name: 'payment.settle', waiting: 2, running: 1, failed: 1 },
    ]);
    first.open();
  });

  test('a job runs in the trace of who enqueued it', async () => {
    const { jobs } = engine;
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const extracted: unknown[] = [];
    propagation.setGlobalPropagator({
      inject: (_context, carrier, setter) => setter.set(carrier, 'traceparent', traceparent),
      extract(_context, carrier, getter) {
        extracted.push(getter.get(carrier, 'traceparent'));
        return ROOT_CONTEXT;
      },
      fields: () => ['traceparent'],
    });
    try {
      await jobs.enqueue(settle, order('o1'), { id: 'o1' });
    } finally {
      const settled = await settling(jobs);
      await eventually(() => expect(settled).toEqual(['o1']));
      propagation.disable();
    }
    expect(extracted).toEqual([traceparent]);
  });
}
