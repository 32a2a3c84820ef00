import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../e2e/network/free-port.ts';
import { type ManagedProcess, manageProcess } from './managed-process.ts';

let folder: string;
let managed: ManagedProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'butik-process-'));
});
afterEach(async () => {
  await managed?.kill();
  rmSync(folder, { recursive: true });
});

/** A process that writes its pid, and answers at its port if it is a good one. */
async function manage(kind: 'answers' | 'never answers', more: { readyTimeoutMs?: number } = {}) {
  const script = join(folder, 'service.mjs');
  writeFileSync(
    script,
    `import { createServer } from 'node:http';
     import { writeFileSync } from 'node:fs';
     writeFileSync(process.argv[2], String(process.pid));
     if (process.argv[4] === 'answers') createServer((_, answer) => answer.end()).listen(Number(process.argv[3]), '127.0.0.1');
     else setInterval(() => undefined, 1000);`,
  );
  const port = await freePort();
  const pidFile = join(folder, 'pid');
  managed = manageProcess({
    name: 'service',
    args: [script, pidFile, String(port), kind],
    readyUrl: `http://127.0.0.1:${port}/`,
    logFile: join(folder, 'log'),
    ...more,
  });
  return { managed, port, pidOfFile: () => Number(readFileSync(pidFile, 'utf8')) };
}

const exists = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a process is started, killed and started again on its port', async () => {
  const { managed, pidOfFile } = await manage('answers');
  await managed.start();
  const first = pidOfFile();
  expect(managed).toMatchObject({ running: true, pid: first });
  await managed.kill();
  expect(exists(first)).toBe(false);
  await managed.start();
  expect(managed.pid).not.toBe(first);
  await managed.stop();
  expect(managed.running).toBe(false);
});

test('one that does not get ready in time is not left behind', async () => {
  const { managed, pidOfFile } = await manage('never answers', { readyTimeoutMs: 3_000 });
  await expect(managed.start()).rejects.toThrow('did not answer');
  expect(managed.running).toBe(false);
  expect(exists(pidOfFile())).toBe(false);
});

test('one that is stopped while it starts does not go on starting', async () => {
  const { managed } = await manage('never answers');
  const starting = managed.start();
  const refused = expect(starting).rejects.toThrow('was stopped while it started');
  await managed.stop();
  await refused;
  expect(managed.running).toBe(false);
});

test('a port on which something else answers is said, and nothing is started', async () => {
  const { managed, port } = await manage('answers');
  const other = createServer((_, answer) => answer.end());
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
  expect((other.address() as AddressInfo).port).toBe(port);
  await expect(managed.start()).rejects.toThrow('something answers');
  expect(managed.running).toBe(false);
  await new Promise((resolve) => other.close(resolve));
});
