import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';

const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

/** A process that `npm start` runs and can switch off and on. */
export interface RunningService {
  readonly running: boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function runService(options: {
  name: string;
  args: string[];
  readyUrl: string;
  /** Called when the process ends without having been told to. */
  onEnd: () => void;
}): RunningService {
  let child: ChildProcess | undefined;
  let ended: Promise<void> = Promise.resolve();
  let stopping = false;

  const service = {
    get running() {
      return child !== undefined;
    },
    async start() {
      if (await answers(options.readyUrl)) {
        throw new Error(
          `Something answers at ${options.readyUrl} already. End it, or set BUTIK_HUB_PORT and BUTIK_PORT to other ports.`,
        );
      }
      stopping = false;
      const started = spawn(process.execPath, options.args, {
        stdio: ['ignore', 'ignore', 'inherit'],
        detached: true,
      });
      child = started;
      ended = new Promise((resolve) => {
        started.once('exit', () => {
          child = undefined;
          if (!stopping) options.onEnd();
          resolve();
        });
      });
      const giveUp = Date.now() + READY_TIMEOUT_MS;
      while (!(await answers(options.readyUrl))) {
        if (!child) throw new Error(`The ${options.name} ended while it started; the lines above say why.`);
        if (Date.now() > giveUp)
          throw new Error(`The ${options.name} did not answer at ${options.readyUrl}.`);
        await wait(POLL_MS);
      }
    },
    async stop() {
      stopping = true;
      child?.kill('SIGTERM');
      await ended;
    },
  };
  return service;
}

async function answers(url: string): Promise<boolean> {
  const answer = await fetch(url).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.ok ?? false;
}
