import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** A process of Butik that can be ended and started again with the same data and port. */
export interface ManagedProcess {
  readonly running: boolean;
  readonly pid: number | undefined;
  /** Resolves once it is ready. One that does not get ready has been killed when the error arrives. */
  start(): Promise<void>;
  /** SIGKILL: no chance to finish anything. Nothing happens to one that does not run. */
  kill(): Promise<void>;
  /** SIGTERM, and waits for the orderly end; SIGKILL for one that takes too long over it. */
  stop(): Promise<void>;
}

export interface ManagedProcessOptions {
  name: string;
  /** Script and its arguments, run with the same Node as this process. */
  args: string[];
  env?: Record<string, string>;
  /** Answers 200 once the process is ready. */
  readyUrl: string;
  readyTimeoutMs?: number;
  /** Where its output goes; without one its errors are shown here and the rest is dropped. */
  logFile?: string;
  /** Spares it the Ctrl-C of this terminal, so that only this process ends it. */
  detached?: boolean;
  /** Called when it ends after it was ready, without having been told to. */
  onEnd?: () => void;
}

const READY_TIMEOUT_MS = 120_000;
const ANSWER_TIMEOUT_MS = 5_000;
const STOP_TIMEOUT_MS = 20_000;
const POLL_MS = 25;

export function manageProcess(options: ManagedProcessOptions): ManagedProcess {
  let child: ChildProcess | undefined;
  let exited: Promise<void> = Promise.resolve();
  let told: 'kill' | 'stop' | undefined;

  async function end(signal: NodeJS.Signals) {
    child?.kill(signal);
    await exited;
  }

  function spawnChild(): ChildProcess {
    const started = spawn(process.execPath, options.args, {
      env: { ...process.env, ...options.env },
      stdio: options.logFile === undefined ? ['ignore', 'ignore', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      detached: options.detached ?? false,
    });
    for (const stream of [started.stdout, started.stderr]) {
      stream?.on('data', (chunk: Buffer) => appendFileSync(options.logFile as string, chunk));
    }
    exited = new Promise((resolve) => {
      started.once('exit', () => {
        child = undefined;
        resolve();
      });
    });
    return started;
  }

  /** False when it was killed meanwhile: that is no error, its killer goes on from there. */
  async function getsReady(started: ChildProcess): Promise<boolean> {
    const giveUp = Date.now() + (options.readyTimeoutMs ?? READY_TIMEOUT_MS);
    while (Date.now() < giveUp) {
      const answered = await answers(options.readyUrl);
      if (told === 'kill') return false;
      if (told === 'stop') throw new Error(`The ${options.name} was stopped while it started.`);
      // Asked after the answer: it may have come from something else that has the port.
      if (child !== started) throw new Error(`The ${options.name} ended while it started; ${why(options)}.`);
      if (answered) return true;
      await wait(POLL_MS);
    }
    throw new Error(`The ${options.name} did not answer at ${options.readyUrl} in time; ${why(options)}.`);
  }

  return {
    get running() {
      return child !== undefined;
    },
    get pid() {
      return child?.pid;
    },
    async start() {
      if (child) throw new Error(`The ${options.name} runs already.`);
      told = undefined;
      if (await answers(options.readyUrl)) {
        throw new Error(
          `The ${options.name} cannot start: something answers at ${options.readyUrl} already.`,
        );
      }
      if (told === 'stop') throw new Error(`The ${options.name} was stopped while it started.`);
      if (told === 'kill') return;
      const started = spawnChild();
      child = started;
      try {
        if (!(await getsReady(started))) return;
      } catch (error) {
        await end('SIGKILL');
        throw error;
      }
      started.once('exit', () => {
        if (!told) options.onEnd?.();
      });
    },
    async kill() {
      told = 'kill';
      await end('SIGKILL');
    },
    async stop() {
      told = 'stop';
      const stubborn = setTimeout(() => child?.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await end('SIGTERM');
      clearTimeout(stubborn);
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) }).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.ok ?? false;
}

function why({ logFile }: ManagedProcessOptions): string {
  return logFile === undefined ? 'the lines above say why' : `see ${logFile}`;
}
