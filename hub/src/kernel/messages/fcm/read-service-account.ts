import { readFile } from 'node:fs/promises';
import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';

const serviceAccountSchema = z.object({
  project_id: z.string().min(1),
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  /** Where access tokens are fetched. */
  token_uri: z.url().default('https://oauth2.googleapis.com/token'),
});
export type ServiceAccount = z.output<typeof serviceAccountSchema>;

/** Throws REQUEST_INVALID that names the setting and nothing of the file's content. */
export async function readServiceAccount(file: string): Promise<ServiceAccount> {
  try {
    return serviceAccountSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    const message =
      error instanceof z.ZodError
        ? `lacks ${error.issues.map(({ path }) => path.join('.')).join(', ')}`
        : ((error as NodeJS.ErrnoException).code ?? 'is not JSON');
    throw new ButikError('REQUEST_INVALID', {
      message: `fcmCredentialsFile: ${file}: ${message}`,
      details: { fields: [{ path: 'fcmCredentialsFile', message }] },
    });
  }
}
