// Everything that can be said about the code without running it; exits 1 at the first that is wrong.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const steps: { name: string; command: string; args: string[]; cwd: string }[] = [
  { name: 'format and lint', command: bin(root, 'biome'), args: ['check', '.'], cwd: root },
  { name: 'types', command: bin(root, 'tsc'), args: ['--noEmit'], cwd: root },
  { name: 'types of the till', command: bin(root, 'tsc'), args: ['--noEmit', '-p', 'edge/till'], cwd: root },
  { name: 'protocol', command: bin(join(root, 'proto'), 'buf'), args: ['lint'], cwd: join(root, 'proto') },
  {
    name: 'generated protocol',
    command: process.execPath,
    args: [join(root, 'scripts/check-generated.ts')],
    cwd: root,
  },
];
for (const { name, command, args, cwd } of steps) {
  console.log(`— ${name}`);
  const done = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (done.status !== 0) process.exit(done.status ?? 1);
}

function bin(folder: string, name: string): string {
  return join(folder, 'node_modules/.bin', name);
}
