import { constants } from 'node:fs';
import { access, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ButikError } from '@butik/proto/errors/butik-error';
import { fromProblem } from '@butik/proto/errors/problem';
import { type EnrolResponse, enrolResponseSchema } from '@butik/proto/facts/sync-wire';
import { STORE_FILE } from '../store/store.ts';
import { type Identity, identitySchema } from './identity.ts';
import { keepPendingKey, PENDING_FILE } from './keep-pending-key.ts';
import { IDENTITY_FILE } from './load-identity.ts';
import { writeWhole } from './write-whole.ts';

const ENROL_TIMEOUT_MS = 15_000;

/**
 * Makes this box's key pair, shows the hub the single-use token and writes `identity.json`. The key is on
 * disk before the hub is asked: when the answer is lost, the same token enrols the same box again. Throws
 * ALREADY_ENROLLED, SERVICE_UNAVAILABLE when the hub does not answer, and what the hub says of the token:
 * ENROLMENT_TOKEN_INVALID, _USED, _EXPIRED.
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
  const privateKey = await keepPendingKey(options.dataFolder);
  const answer = await askHub(options.fetch ?? fetch, hubUrl, options.token, privateKey.x);
  const identity = identitySchema.parse({
    nodeId: answer.nodeId,
    epoch: answer.epoch,
    hubUrl,
    shop: answer.shop,
    privateKey,
  });
  await writeWhole(join(options.dataFolder, IDENTITY_FILE), identity);
  await rm(join(options.dataFolder, PENDING_FILE), { force: true });
  return identity;
}

async function refuseWhenEnrolled(dataFolder: string): Promise<void> {
  const details = { dataFolder };
  if (await exists(join(dataFolder, IDENTITY_FILE))) throw new ButikError('ALREADY_ENROLLED', { details });
  if (await exists(join(dataFolder, STORE_FILE))) {
    throw new ButikError('ALREADY_ENROLLED', {
      message: `${dataFolder} holds the store of a box that was enrolled before (${STORE_FILE}).`,
      details,
    });
  }
}

function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
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
