import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeCertificates } from '../../ops/compose/certificates.ts';
import { freePort } from '../network/free-port.ts';
import { ask } from './ask.ts';

const CONFIGURATION = join(dirname(fileURLToPath(import.meta.url)), '../../ops/nginx');
const READY_TIMEOUT_MS = 20_000;
const POLL_MS = 25;

export interface Nginx {
  port: number;
  /** The authority that its certificate is of. */
  ca: Buffer;
  /** One line of its log each. */
  log(): string[];
  close(): Promise<void>;
}

/** What a machine lacks for these tests; undefined when it has everything. */
export function missingForNginx(): string | undefined {
  const missing = ['nginx', 'openssl'].filter(
    (name) => spawnSync(name, [name === 'nginx' ? '-v' : 'version']).error,
  );
  return missing.length > 0
    ? `there is no ${missing.join(' and no ')} (apt-get install nginx-light)`
    : undefined;
}

/**
 * A real nginx with the configuration of `ops/nginx`, on a port of its own, in front of these processes: `host:port`
 * of each service. Only listen.conf and upstreams.conf are the test's.
 */
export async function startNginx(upstreams: Record<string, readonly string[]>): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'butik-nginx-'));
  const environment = join(folder, 'environment');
  mkdirSync(environment);
  cpSync(CONFIGURATION, join(folder, 'butik'), { recursive: true });
  makeCertificates(environment, { gateway: ['localhost'], hub: ['localhost'] });
  const port = await freePort();
  writeFileSync(
    join(environment, 'listen.conf'),
    `listen 127.0.0.1:${port} ssl http2;\nssl_certificate ../environment/gateway/tls.crt;\nssl_certificate_key ../environment/gateway/tls.key;\n`,
  );
  const groups = Object.entries(upstreams).map(([name, servers]) => {
    const lines = servers.map((server) => `  server ${server} max_fails=0;\n`);
    return `upstream ${name} {\n${lines.join('')}  keepalive 32;\n}\n`;
  });
  writeFileSync(join(environment, 'upstreams.conf'), groups.join(''));

  const logFile = join(folder, 'nginx.log');
  const output = openSync(logFile, 'a');
  // Workers of a master that is root would be nobody, who may not enter a temporary folder of root.
  const user = process.getuid?.() === 0 ? ' user root;' : '';
  const nginx = spawn(
    'nginx',
    ['-p', `${folder}/`, '-c', join(folder, 'butik/nginx.conf'), '-e', 'stderr', '-g', `daemon off;${user}`],
    { stdio: ['ignore', output, output] },
  );
  const log = () => readFileSync(logFile, 'utf8').split('\n').filter(Boolean);
  const ca = readFileSync(join(environment, 'gateway/ca.crt'));
  async function close() {
    await end(nginx);
    rmSync(folder, { recursive: true });
  }
  try {
    await getsReady(nginx, { port, ca }, log);
  } catch (error) {
    await close();
    throw error;
  }
  return { port, ca, log, close };
}

async function getsReady(
  nginx: ChildProcess,
  gateway: Pick<Nginx, 'port' | 'ca'>,
  log: () => string[],
): Promise<void> {
  const giveUp = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    const answer = await ask(gateway, { path: '/healthz' }).catch(() => undefined);
    if (answer?.status === 200) return;
    if (nginx.exitCode !== null) throw new Error(`nginx ended: ${log().join('\n')}`);
    if (Date.now() > giveUp) throw new Error(`nginx does not answer: ${log().join('\n')}`);
    await wait(POLL_MS);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
