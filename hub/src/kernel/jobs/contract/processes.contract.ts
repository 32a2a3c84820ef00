import { expect, test } from 'vitest';
import { defineJob } from '../jobs.ts';
import type { EngineUnderTest } from './engine-under-test.ts';
import { eventually, gate, order, settle, settling } from './settling.ts';

/** How processes share work, and die. */
export function processesContract(engine: EngineUnderTest): void {
  test('two processes share the work, and no job is run by both', async () => {
    const { jobs } = engine;
    const other = await engine.open();
    const ids = Array.from({ length: 40 }, (_, n) => `o${n}`);
    const byProcess = [jobs, other].map(() => new Set<string>());
    const running = new Set<string>();
    const doubled: string[] = [];
    const bothHelp = Promise.withResolvers<void>();
    for (const [n, port] of [jobs, other].entries()) {
      await port.work(settle, async ({ orderId }) => {
        if (running.has(orderId)) doubled.push(orderId);
        running.add(orderId);
        byProcess[n]!.add(orderId);
        if (byProcess.every(({ size }) => size > 0)) bothHelp.resolve();
        await bothHelp.promise;
        running.delete(orderId);
      });
    }
    for (const id of ids) await jobs.enqueue(settle, order(id), { id });
    await jobs.idle();
    expect(doubled).toEqual([]);
    const [one, two] = byProcess;
    expect([...one!, ...two!].toSorted()).toEqual(ids.toSorted());
  });

  test('a worker that dies loses its job to another one', async () => {
    const { jobs } = engine;
    const mortal = await engine.openMortal();
    const short = defineJob({ ...settle, timeoutMs: 100 });
    const dying = gate();
    await mortal.jobs.work(short, dying.pass);
    await jobs.enqueue(short, order('o1'), { id: 'o1' });
    await dying.begun;
    mortal.die();
    const numbers: number[] = [];
    await jobs.work(short, async (_payload, { number }) => void numbers.push(number));
    await eventually(() => expect(numbers).toEqual([2]));
    await jobs.idle();
    dying.open();
  });

  test('a job that kills every worker is set aside in the end', async () => {
    const { jobs } = engine;
    const once = defineJob({ ...settle, timeoutMs: 100, maxAttempts: 1 });
    const mortal = await engine.openMortal();
    const dying = gate();
    await mortal.jobs.work(once, dying.pass);
    await jobs.enqueue(once, order('o1'), { id: 'o1' });
    await dying.begun;
    mortal.die();
    let tries = 0;
    await jobs.work(once, async () => void tries++);
    await eventually(async () => expect(await jobs.failed()).toMatchObject([{ id: 'o1' }]));
    expect(tries).toBe(0);
    dying.open();
  });

  test('a hub that starts again finds the jobs that waited', async () => {
    const { jobs } = engine;
    await jobs.enqueue(settle, order('o1'), { id: 'o1' });
    await jobs.close();
    await expect(jobs.enqueue(settle, order('o2'), { id: 'o2' })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      details: { part: 'jobs' },
    });
    const next = await engine.open();
    const settled = await settling(next);
    await next.idle();
    expect(settled).toEqual(['o1']);
  });

  test('closing waits for the job that runs, and leaves the others', async () => {
    const { jobs } = engine;
    const first = gate();
    const settled = await settling(jobs, first.pass);
    await jobs.enqueue(settle, order('o1'), { id: 'o1' });
    await first.begun;
    await jobs.enqueue(settle, order('o2'), { id: 'o2' });
    const closed = jobs.close();
    first.open();
    await closed;
    expect(settled).toEqual(['o1']);
    const next = await engine.open();
    expect(await next.depth()).toEqual([{ name: 'payment.settle', waiting: 1, running: 0, failed: 0 }]);
  });
}
