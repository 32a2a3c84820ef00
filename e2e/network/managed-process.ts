import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** A process of the network that can be killed and started again with the same data and port. */
export interface ManagedProcess {
  readonly running: boolean;
  readonly pid: number | undefined;
  start(): Promise<void>;
  /** SIGKILL: no chance to finish anything. */
  kill(): Promise<void>;
  /** SIGTERM, and waits for the orderly end. */
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 20_000;
const POLL_MS = 25;

export function manageProcess(options: {
  name: string;
  /** Script and its arguments, run with the same Node as this process. */
  args: string[];
  env?: Record<string, string>;
  /** Answers 200 once the process is ready. */
  readyUrl: string;
  logFile: string;
}): ManagedProcess {
  let child: ChildProcess | undefined;
  let exited: Promise<void> = Promise.resolve();

  async function end(signal: NodeJS.Signals) {
    child?.kill(signal);
    await exited;
    child = undefined;
  }

  return {
    get running() {
      return child !== undefined && child.exitCode === null && child.signalCode === null;
    },
    get pid() {
      return child?.pid;
    },
    async start() {
      const started = spawn(process.execPath, options.args, {
        env: { ...process.env, ...options.env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = started;
      exited = new Promise((resolve) => started.once('exit', () => resolve()));
      for (const stream of [started.stdout, started.stderr]) {
        stream.on('data', (chunk: Buffer) => appendFileSync(options.logFile, chunk));
      }
      await ready(options, started);
    },
    kill: () => end('SIGKILL'),
    async stop() {
      const stubborn = setTimeout(() => child?.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await end('SIGTERM');
      clearTimeout(stubborn);
    },
  };
}

async function ready(
  options: { name: string; readyUrl: string; logFile: string },
  child: ChildProcess,
): Promise<void> {
  const giveUp = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < giveUp) {
    // A process that was killed while it started is not an error here: its killer starts it again.
    if (child.signalCode === 'SIGKILL') return;
    if (child.exitCode !== null) {
      throw new Error(
        `${options.name} ended with code ${child.exitCode} while it started; see ${options.logFile}`,
      );
    }
    const answer = await fetch(options.readyUrl).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await wait(POLL_MS);
  }
  throw new Error(`${options.name} was not ready after ${READY_TIMEOUT_MS / 1000} s; see ${options.logFile}`);
}
