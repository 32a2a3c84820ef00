import type { Engine, EngineAnswer, EngineRequest } from '../engine/engine.ts';

/** Bounds how long one group keeps the process busy. */
const MAX_GROUP = 64;
/** Turns of the event loop, of microseconds each when nothing else goes on, that a group may gather in. */
const MAX_TURNS = 8;
/** Turns without an arrival after which a group is complete. */
const QUIET_TURNS = 2;

export type RequestGroup = ReturnType<typeof groupRequests>;

interface Waiting {
  readonly request: EngineRequest;
  readonly resolve: (answer: EngineAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Hands the engine together what arrived together, so that it shares one fsync. No timer is involved: a request
 * that comes alone waits for two turns of the event loop, which is nothing beside its fsync. The queue holds
 * what callers wait for, and they are bounded: the endpoint's by the client's sockets, the services' by theirs.
 */
export function groupRequests(engine: Engine) {
  let waiting: Waiting[] = [];
  let idle: (() => void)[] = [];
  let gathering = false;

  function answer(request: EngineRequest): Promise<EngineAnswer> {
    return new Promise((resolve, reject) => {
      waiting.push({ request, resolve, reject });
      if (!gathering) gather(0, 0, 0);
    });
  }

  function gather(turn: number, quiet: number, seen: number): void {
    gathering = true;
    if (turn >= MAX_TURNS || quiet >= QUIET_TURNS || waiting.length >= MAX_GROUP) {
      run();
      return;
    }
    const arrived = waiting.length > seen;
    setImmediate(gather, turn + 1, arrived ? 0 : quiet + 1, waiting.length);
  }

  function run(): void {
    const group = waiting.slice(0, MAX_GROUP);
    waiting = waiting.slice(MAX_GROUP);
    settle(engine, group);
    gathering = false;
    if (waiting.length > 0) {
      gather(0, 0, 0);
      return;
    }
    for (const resolve of idle) setImmediate(resolve);
    idle = [];
  }

  /** When nothing is waiting any more. */
  function drained(): Promise<void> {
    if (!gathering) return Promise.resolve();
    return new Promise((resolve) => idle.push(resolve));
  }

  return { answer, drained };
}

function settle(engine: Engine, group: readonly Waiting[]): void {
  try {
    const answers = engine.answer(group.map(({ request }) => request));
    group.forEach(({ resolve, reject }, at) => {
      const answer = answers[at];
      if (answer) resolve(answer);
      else reject(new Error('the engine left a request unanswered'));
    });
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}
