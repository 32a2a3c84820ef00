import { AsyncLocalStorage } from 'node:async_hooks';
import { getEventListeners } from 'node:events';
import { ButikError } from '@butik/proto/errors/butik-error';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createGuard } from './create-guard.ts';
import type { Guard } from './guard.ts';
import type { GuardOptions } from './guard-options.ts';

let metrics: Registry;
let logged: string[];

beforeEach(() => {
  metrics = new Registry();
  logged = [];
});
afterEach(() => {
  vi.useRealTimers();
});

function guardOf(options: Partial<GuardOptions> = {}): Guard {
  const log = (_: object, line: string) => void logged.push(line);
  return createGuard({
    name: 'bank',
    metrics,
    logger: { info: log, warn: log } as unknown as GuardOptions['logger'],
    backoff: { minMs: 1, maxMs: 2 },
    ...options,
  });
}

/** Lets the test decide what time it is for the circuit and the budget; timers stay real. */
function holdClock(): { advance(ms: number): void } {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
  return { advance: (ms) => void vi.setSystemTime(Date.now() + ms) };
}

const unavailable = () => new ButikError('SERVICE_UNAVAILABLE', { details: { part: 'the wire' } });
const failing = async (): Promise<never> => {
  throw unavailable();
};
const hanging = (signal: AbortSignal) =>
  new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(new Error('told to stop'))),
  );

async function failure(call: Promise<unknown>): Promise<ButikError> {
  return await call.then(
    () => expect.unreachable(),
    (error: ButikError) => error,
  );
}

async function reading(name: string, labels: Record<string, string> = {}): Promise<number | undefined> {
  const metric = (await metrics.getMetricsAsJSON()).find((one) => one.name === name);
  const matches = (given: object) => Object.entries(labels).every(([k, v]) => Reflect.get(given, k) === v);
  return metric?.values.find((one) => matches({ ...one.labels }))?.value;
}

test('a call that goes well is made once', async () => {
  const call = vi.fn(async () => 'paid');
  expect(await guardOf().run(call)).toBe('paid');
  expect(call).toHaveBeenCalledTimes(1);
  expect(await reading('butik_remote_calls_total', { remote: 'bank', outcome: 'ok' })).toBe(1);
});

test.each([
  ['a remote that is away', unavailable()],
  ['an answer that came too late', new ButikError('DEADLINE_EXCEEDED')],
  ['an error of the connection', new Error('ECONNRESET')],
])('%s is tried again', async (_, error) => {
  let calls = 0;
  const answer = await guardOf().run(async () => {
    calls += 1;
    if (calls < 3) throw error;
    return 'paid';
  });
  expect(answer).toBe('paid');
  expect(calls).toBe(3);
  expect(await reading('butik_remote_retries_total', { remote: 'bank' })).toBe(2);
  expect(await reading('butik_remote_calls_total', { remote: 'bank', outcome: 'ok' })).toBe(1);
});

test('after the last attempt the caller gets what the remote said', async () => {
  const call = vi.fn(failing);
  expect(await failure(guardOf({ attempts: 2 }).run(call))).toMatchObject({ details: { part: 'the wire' } });
  expect(call).toHaveBeenCalledTimes(2);
  expect(await reading('butik_remote_calls_total', { outcome: 'unavailable' })).toBe(1);
});

test('a call that may not be made twice is not', async () => {
  const call = vi.fn(failing);
  expect((await failure(guardOf().run(call, { idempotent: false }))).code).toBe('SERVICE_UNAVAILABLE');
  expect(call).toHaveBeenCalledTimes(1);
});

test('a refusal is an answer: not tried again, and no sign of illness', async () => {
  const guard = guardOf({ breaker: { consecutiveFailures: 2, openForMs: 60_000 } });
  const call = vi.fn(async () => {
    throw new ButikError('SHOP_NOT_FOUND');
  });
  for (let asked = 1; asked <= 5; asked++) {
    expect((await failure(guard.run(call))).code).toBe('SHOP_NOT_FOUND');
    expect(call).toHaveBeenCalledTimes(asked);
  }
  expect(await reading('butik_remote_calls_total', { outcome: 'error' })).toBe(5);
  expect(logged).toEqual([]);
});

test('retries stop when the budget is used up, and come back with the time', async () => {
  const clock = holdClock();
  const guard = guardOf({
    attempts: 2,
    retryBudget: { share: 0, perSecond: 1, saved: 2 },
    breaker: { consecutiveFailures: 100, openForMs: 1 },
  });
  const call = vi.fn(failing);
  for (let calls = 0; calls < 4; calls++) await failure(guard.run(call));
  expect(call).toHaveBeenCalledTimes(4 + 2);
  expect(await reading('butik_remote_retries_denied_total', { remote: 'bank' })).toBe(2);
  clock.advance(1_000);
  await failure(guard.run(call));
  expect(call).toHaveBeenCalledTimes(4 + 2 + 2);
});

test('the deadline covers all attempts: no pause outlasts it', async () => {
  const call = vi.fn(failing);
  const guard = guardOf({ timeoutMs: 60_000, backoff: { minMs: 60_000, maxMs: 60_000 } });
  expect((await failure(guard.run(call))).code).toBe('SERVICE_UNAVAILABLE');
  expect(call).toHaveBeenCalledTimes(1);
});

test('a remote that does not answer is given up at the deadline, and the attempt is told to stop', async () => {
  const signals: AbortSignal[] = [];
  const error = await failure(
    guardOf().run(
      (signal) => {
        signals.push(signal);
        return hanging(signal);
      },
      { timeoutMs: 20 },
    ),
  );
  expect(error.code).toBe('DEADLINE_EXCEEDED');
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  expect(await reading('butik_remote_calls_total', { outcome: 'timeout' })).toBe(1);
});

test('an attempt whose answer is lost leaves time for another', async () => {
  const signals: AbortSignal[] = [];
  const answer = await guardOf({ attemptTimeoutMs: 20, timeoutMs: 60_000 }).run((signal) => {
    signals.push(signal);
    return signals.length === 1 ? hanging(signal) : Promise.resolve('paid');
  });
  expect(answer).toBe('paid');
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
});

test('a caller that gives up gets CANCELLED at once, in an attempt as well as between two', async () => {
  for (const call of [hanging, failing]) {
    const giveUp = new AbortController();
    const guard = guardOf({ timeoutMs: 600_000, backoff: { minMs: 60_000, maxMs: 60_000 } });
    const begun = Promise.withResolvers<void>();
    const answer = guard.run(
      (signal) => {
        begun.resolve();
        return call(signal);
      },
      { signal: giveUp.signal },
    );
    await begun.promise;
    giveUp.abort();
    expect((await failure(answer)).code).toBe('CANCELLED');
    expect(getEventListeners(giveUp.signal, 'abort')).toEqual([]);
  }
  expect(await reading('butik_remote_calls_total', { outcome: 'cancelled' })).toBe(2);
});

test('a remote that fails again and again is left alone; one probe later it is called again', async () => {
  const clock = holdClock();
  const guard = guardOf({ attempts: 1, breaker: { consecutiveFailures: 3, openForMs: 5_000 } });
  for (let calls = 0; calls < 3; calls++) await failure(guard.run(failing));
  expect(logged).toEqual(['circuit open: calls are refused']);
  expect(await reading('butik_remote_circuit_state', { remote: 'bank' })).toBe(1);

  const call = vi.fn(async () => 'paid');
  clock.advance(4_999);
  expect(await failure(guard.run(call))).toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    details: { part: 'bank' },
  });
  expect(call).not.toHaveBeenCalled();
  expect(await reading('butik_remote_calls_total', { outcome: 'circuit_open' })).toBe(1);

  clock.advance(1);
  const answer = Promise.withResolvers<string>();
  const probe = guard.run(() => answer.promise);
  await vi.waitFor(async () => expect(await reading('butik_remote_circuit_state')).toBe(2));
  expect((await failure(guard.run(call))).details).toEqual({ part: 'bank' });
  answer.resolve('paid');
  expect(await probe).toBe('paid');
  expect(await reading('butik_remote_circuit_state')).toBe(0);
  expect(await guard.run(call)).toBe('paid');
  expect(logged[1]).toBe('circuit closed: calls are made again');
});

test('a probe that fails, or that its caller gives up, leaves the circuit open', async () => {
  const clock = holdClock();
  const guard = guardOf({ attempts: 1, breaker: { consecutiveFailures: 1, openForMs: 5_000 } });
  await failure(guard.run(failing));
  clock.advance(5_000);
  await failure(guard.run(failing));
  expect(await reading('butik_remote_circuit_state')).toBe(1);

  clock.advance(5_000);
  const giveUp = new AbortController();
  const probe = guard.run(hanging, { signal: giveUp.signal });
  giveUp.abort();
  expect((await failure(probe)).code).toBe('CANCELLED');
  await vi.waitFor(async () => expect(await reading('butik_remote_circuit_state')).toBe(1));
});

test('callers that give up do not open the circuit', async () => {
  const guard = guardOf({ breaker: { consecutiveFailures: 1, openForMs: 5_000 } });
  const giveUp = new AbortController();
  const answer = guard.run(hanging, { signal: giveUp.signal });
  giveUp.abort();
  await failure(answer);
  expect(await guard.run(async () => 'paid')).toBe('paid');
});

test('callers in a hurry do not open the circuit; a remote that keeps a patient caller waiting does', async () => {
  const breaker = { consecutiveFailures: 1, openForMs: 5_000 };
  const hurried = guardOf({ breaker, timeoutMs: 60_000 });
  expect((await failure(hurried.run(hanging, { timeoutMs: 10 }))).code).toBe('DEADLINE_EXCEEDED');
  expect(await hurried.run(async () => 'paid')).toBe('paid');

  const patient = guardOf({ breaker, timeoutMs: 20 });
  expect((await failure(patient.run(hanging))).code).toBe('DEADLINE_EXCEEDED');
  await vi.waitFor(async () => expect(await reading('butik_remote_circuit_state')).toBe(1));
});

test('a circuit that goes by the share of failures opens at that share, given enough calls', async () => {
  const clock = holdClock();
  const guard = guardOf({
    attempts: 1,
    breaker: { failureShare: 0.5, windowMs: 10_000, minimumCalls: 6, openForMs: 5_000 },
  });
  const good = async () => 'paid';
  for (const call of [good, failing, failing, good, failing])
    await guard.run<unknown>(call).catch(() => undefined);
  expect(await reading('butik_remote_circuit_state')).toBe(0);
  clock.advance(1);
  await failure(guard.run(failing));
  expect(await reading('butik_remote_circuit_state')).toBe(1);
});

test('a remote that fails on the second attempt too answers for itself, not for the circuit it opens', async () => {
  const guard = guardOf({ breaker: { consecutiveFailures: 1, openForMs: 5_000 } });
  expect((await failure(guard.run(failing))).details).toEqual({ part: 'the wire' });
});

test('a slow remote takes so many callers and no more: others wait in a line that has an end', async () => {
  const guard = guardOf({ bulkhead: { concurrent: 2, queued: 1 } });
  const answers = [1, 2, 3].map(() => Promise.withResolvers<string>());
  const begun: number[] = [];
  const calls = answers.map(({ promise }, n) =>
    guard.run(() => {
      begun.push(n);
      return promise;
    }),
  );
  const refused = await failure(guard.run(async () => 'paid'));
  expect(refused).toMatchObject({ code: 'SERVICE_UNAVAILABLE', details: { part: 'bank' } });
  expect(begun).toEqual([0, 1]);
  expect(await reading('butik_remote_bulkhead_in_use')).toBe(2);
  expect(await reading('butik_remote_bulkhead_queued')).toBe(1);
  expect(await reading('butik_remote_calls_total', { outcome: 'bulkhead_full' })).toBe(1);

  answers[0]!.resolve('a');
  expect(await calls[0]).toBe('a');
  await vi.waitFor(() => expect(begun).toEqual([0, 1, 2]));
  for (const { resolve } of answers) resolve('b');
  expect(await Promise.all(calls)).toEqual(['a', 'b', 'b']);
  expect(await reading('butik_remote_bulkhead_in_use')).toBe(0);
  expect(await reading('butik_remote_bulkhead_queued')).toBe(0);
});

test('who waits in line is given up at the deadline; a call that heeds no signal gives its place free', async () => {
  const guard = guardOf({ attempts: 1, bulkhead: { concurrent: 1, queued: 1 } });
  const deaf = guard.run(() => new Promise(() => undefined), { timeoutMs: 40 });
  const waiting = vi.fn(async () => 'paid');
  expect((await failure(guard.run(waiting, { timeoutMs: 10 }))).code).toBe('DEADLINE_EXCEEDED');
  expect((await failure(deaf)).code).toBe('DEADLINE_EXCEEDED');
  // The place is free a moment after the caller has been told.
  await vi.waitFor(async () => expect(await guard.run(async () => 'paid')).toBe('paid'));
  expect(waiting).not.toHaveBeenCalled();
});

test('who waited in line keeps its own trace and caller', async () => {
  const guard = guardOf({ bulkhead: { concurrent: 1, queued: 1 } });
  const request = new AsyncLocalStorage<string>();
  const first = Promise.withResolvers<string>();
  const calls = [
    request.run('first', () => guard.run(() => first.promise)),
    request.run('second', () => guard.run(async () => request.getStore())),
  ];
  first.resolve('paid');
  expect(await Promise.all(calls)).toEqual(['paid', 'second']);
});

test('the guards of several remotes share the metrics and nothing else', async () => {
  const breaker = { consecutiveFailures: 1, openForMs: 60_000 };
  await failure(guardOf({ name: 'swish', breaker }).run(failing));
  expect(await guardOf({ name: 'order', breaker }).run(async () => 'sold')).toBe('sold');
  expect(await reading('butik_remote_circuit_state', { remote: 'swish' })).toBe(1);
  expect(await reading('butik_remote_circuit_state', { remote: 'order' })).toBe(0);
  expect(await metrics.metrics()).toContain('butik_remote_call_seconds_count{remote="order",outcome="ok"} 1');
});
