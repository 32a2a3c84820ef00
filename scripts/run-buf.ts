import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

/** Runs buf on the .proto files with the plugins of proto's own packages; returns its exit code. */
export function runBuf(...args: string[]): number {
  const proto = join(import.meta.dirname, '../proto');
  const bin = join(proto, 'node_modules/.bin');
  const done = spawnSync(join(bin, 'buf'), args, {
    cwd: proto,
    stdio: 'inherit',
    env: { ...process.env, PATH: [bin, process.env.PATH].join(delimiter) },
  });
  return done.status ?? 1;
}

/** Writes what gRPC reflection serves, a FileDescriptorSet, into `folder` (absolute, or in proto); returns the exit code. */
export function writeDescriptors(folder: string): number {
  return runBuf('build', '--exclude-source-info', '--output', join(folder, 'descriptors.binpb'));
}
