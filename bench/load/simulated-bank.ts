import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const HUB_SCRIPT = join(import.meta.dirname, '../../hub/cli/butik-hub.ts');

export interface SimulatedBank {
  url: string;
  close(): Promise<void>;
}

/** The bank as a process of its own, which pays at once. */
export async function startBank(): Promise<SimulatedBank> {
  const child = spawn(process.execPath, [HUB_SCRIPT, 'simulate-bank', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = /^bank ready at (\S+)$/.exec(line)?.[1];
      if (said !== undefined) resolve(said);
    });
    child.once('exit', () => reject(new Error('the bank ended before it was ready')));
  });
  return {
    url,
    async close() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
