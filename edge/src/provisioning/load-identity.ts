import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ButikError } from '@butik/proto/errors/butik-error';
import { type Identity, identitySchema } from './identity.ts';

export const IDENTITY_FILE = 'identity.json';

/** Reads who this box is. Throws NOT_ENROLLED when the folder has no identity, INTERNAL when it cannot be read. */
export async function loadIdentity(dataFolder: string): Promise<Identity> {
  const path = join(dataFolder, IDENTITY_FILE);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new ButikError('NOT_ENROLLED', { details: { dataFolder } });
    throw new ButikError('INTERNAL', { message: `${path} cannot be read.`, cause: error });
  });
  try {
    return identitySchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ButikError('INTERNAL', { message: `${path} is damaged.`, cause });
  }
}
