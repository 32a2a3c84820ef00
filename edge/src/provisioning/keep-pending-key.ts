import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ButikError } from '@butik/proto/errors/butik-error';
import { type Identity, identitySchema } from './identity.ts';
import { writeWhole } from './write-whole.ts';

/** The key of a box whose enrolment is under way. */
export const PENDING_FILE = 'identity.pending.json';

const keySchema = identitySchema.shape.privateKey;

/**
 * The key pair of the enrolment that is under way in this folder, made and written when there is none. The
 * hub knows by it that a repeated request is the same box's. Throws INTERNAL when it cannot be read.
 */
export async function keepPendingKey(dataFolder: string): Promise<Identity['privateKey']> {
  const path = join(dataFolder, PENDING_FILE);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new ButikError('INTERNAL', { message: `${path} cannot be read.`, cause: error });
  });
  if (text === null) {
    const made = makeKey();
    await writeWhole(path, made);
    return made;
  }
  try {
    return keySchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ButikError('INTERNAL', {
      message: `${path} is damaged: remove it and enrol with a new token.`,
      cause,
    });
  }
}

function makeKey(): Identity['privateKey'] {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return keySchema.parse({ kty: jwk.kty, crv: jwk.crv, x: jwk.x, d: jwk.d });
}
