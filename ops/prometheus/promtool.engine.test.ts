import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const folder = dirname(fileURLToPath(import.meta.url));
const run = promisify(execFile);
const isThere = await run('promtool', ['--version']).then(
  () => true,
  () => false,
);
if (!isThere) console.log('The alerts are not checked: there is no promtool (apt-get install prometheus).');

/** Throws what promtool says when it finds a fault. */
async function promtool(...args: string[]): Promise<string> {
  const { stdout } = await run('promtool', args, { cwd: folder, timeout: 60_000 });
  return stdout;
}

describe.skipIf(!isThere)('Prometheus', () => {
  test('takes the configuration and its rules', async () => {
    expect(await promtool('check', 'config', 'prometheus.yml')).toContain('SUCCESS');
  });

  test('fires each alert when it should, and not when it should not', async () => {
    const files = readdirSync(join(folder, 'tests')).map((name) => `tests/${name}`);
    expect(files.length).toBeGreaterThan(0);
    const said = await promtool('test', 'rules', ...files);
    expect(said.match(/SUCCESS/g)).toHaveLength(files.length);
  });
});
