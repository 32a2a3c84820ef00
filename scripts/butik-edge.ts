// `npm run butik-edge`: the box's own command; `run` serves the till, so that is built first.
import { join } from 'node:path';
import { buildTill } from './build-till.ts';

if (process.argv[2] === 'run' && !process.argv.includes('--help')) {
  await buildTill(join(import.meta.dirname, '..'));
}
await import('../edge/src/cli/butik-edge.ts');
