import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface RunningScript<Told> {
  /** The first thing it told, such as where it listens. */
  told: Told;
  stop(): Promise<void>;
}

/** Runs a script in a process of its own and resolves with the one thing it tells by `process.send`. */
export async function runScript<Told>(script: string, args: string[], folder: string): Promise<Told> {
  const running = await startScript<Told>(script, args, folder);
  await running.stop();
  return running.told;
}

/** The same for a script that then goes on until it is stopped. Throws when it ends without a word. */
export async function startScript<Told>(
  script: string,
  args: string[],
  folder: string,
): Promise<RunningScript<Told>> {
  const child = fork(script, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  const told = await Promise.race([
    once(child, 'message').then(([message]) => message as Told),
    ended.then(([code]) => {
      throw new Error(`${script} ended with code ${code}; the lines above say why`);
    }),
  ]);
  return {
    told,
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
