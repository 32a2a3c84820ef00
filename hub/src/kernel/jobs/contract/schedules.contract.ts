import { expect, test } from 'vitest';
import type { EngineUnderTest } from './engine-under-test.ts';
import { eventually } from './settling.ts';

/** How work comes again and again. */
export function schedulesContract(engine: EngineUnderTest): void {
  test('a schedule runs again and again, in one of the processes at a time, also when a run fails', async () => {
    const { jobs } = engine;
    const other = await engine.open();
    let running = 0;
    let mostAtOnce = 0;
    let runs = 0;
    // The first run takes longer than three periods.
    const ticks = Promise.withResolvers<void>();
    let ticked = 0;
    await other.schedule('till.tick', { everyMs: 40, timeoutMs: 5_000 }, async () => {
      if (running > 0 && ++ticked === 3) ticks.resolve();
    });
    for (const port of [jobs, other]) {
      await port.schedule('payment.reconcile', { everyMs: 40, timeoutMs: 5_000 }, async () => {
        running++;
        mostAtOnce = Math.max(mostAtOnce, running);
        await ticks.promise;
        running--;
        if (++runs === 2) throw new Error('the bank is away');
      });
    }
    await eventually(() => expect(runs).toBeGreaterThanOrEqual(5));
    expect(mostAtOnce).toBe(1);
  });

  test('a schedule begins one period from now, and goes on where another process dies', async () => {
    const { jobs } = engine;
    const mortal = await engine.openMortal();
    const every = { everyMs: 200, timeoutMs: 100 };
    const ran = Promise.withResolvers<void>();
    await mortal.jobs.schedule('payment.reconcile', every, async () => ran.resolve());
    await ran.promise;
    mortal.die();
    const next = Promise.withResolvers<void>();
    await jobs.schedule('payment.reconcile', every, async () => next.resolve());
    let early = 0;
    await jobs.schedule('report.build', { everyMs: 60_000, timeoutMs: 100 }, async () => void early++);
    await next.promise;
    expect(early).toBe(0);
  });
}
