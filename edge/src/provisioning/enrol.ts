import { generateKeyPairSync } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ButikError } from '@butik/proto/errors/butik-error';
import { fromProblem } from '@butik/proto/errors/problem';
import { type EnrolResponse, enrolResponseSchema } from '@butik/proto/facts/sync-wire';
import { type Identity, identitySchema } from './identity.ts';
import { IDENTITY_FILE } from './load-identity.ts';

const ENROL_TIMEOUT_MS = 15_000;

/**
 * Makes this box's key pair, shows the hub the single-use token and writes `identity.json`; nothing
 * else is made. Throws ALREADY_ENROLLED, SERVICE_UNAVAILABLE when the hub does not answer, and what
 * the hub says of the token: ENROLMENT_TOKEN_INVALID, _USED, _EXPIRED.
 */
export async function enrol(options: {
  hubUrl: string;
  token: string;
  dataFolder: string;
  fetch?: typeof fetch;
}): Promise<Identity> {
  const hubUrl = options.hubUrl.replace(/\/+$/, '');
  await mkdir(options.dataFolder, { recursive: true });
  await refuseWhenEnrolled(options.dataFolder);
  const privateKey = makeKey();
  const answer = await askHub(options.fetch ?? fetch, hubUrl, options.token, privateKey.x);
  const identity = identitySchema.parse({
    nodeId: answer.nodeId,
    epoch: answer.epoch,
    hubUrl,
    shop: answer.shop,
    privateKey,
  });
  await writeIdentity(options.dataFolder, identity);
  return identity;
}

async function refuseWhenEnrolled(dataFolder: string): Promise<void> {
  const found = await access(join(dataFolder, IDENTITY_FILE), constants.F_OK).then(
    () => true,
    () => false,
  );
  if (found) throw new ButikError('ALREADY_ENROLLED', { details: { dataFolder } });
}

function makeKey(): Identity['privateKey'] {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return identitySchema.shape.privateKey.parse({ kty: jwk.kty, crv: jwk.crv, x: jwk.x, d: jwk.d });
}

async function askHub(send: typeof fetch, hubUrl: string, token: string, x: string): Promise<EnrolResponse> {
  let response: Response;
  try {
    response = await send(`${hubUrl}/sync/v1/enrol`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, publicKey: { kty: 'OKP', crv: 'Ed25519', x } }),
      signal: AbortSignal.timeout(ENROL_TIMEOUT_MS),
    });
  } catch (cause) {
    throw new ButikError('SERVICE_UNAVAILABLE', {
      message: `The hub at ${hubUrl} does not answer.`,
      details: { part: 'hub' },
      cause,
    });
  }
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw fromProblem(response.status, body);
  return enrolResponseSchema.parse(body);
}

/** Whole or not at all: a temporary file, fsync, rename, and fsync of the folder. */
async function writeIdentity(dataFolder: string, identity: Identity): Promise<void> {
  const path = join(dataFolder, IDENTITY_FILE);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(identity, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  const folder = await open(dataFolder, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
