// Writes proto/src/gen anew from the .proto files.
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

const proto = join(import.meta.dirname, '../proto');
const bin = join(proto, 'node_modules/.bin');
const done = spawnSync(join(bin, 'buf'), ['generate'], {
  cwd: proto,
  stdio: 'inherit',
  env: { ...process.env, PATH: [bin, process.env.PATH].join(delimiter) },
});
process.exit(done.status ?? 1);
