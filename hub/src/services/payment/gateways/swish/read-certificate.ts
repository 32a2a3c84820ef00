import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { ButikError } from '@butik/proto/errors/butik-error';

/** Client certificate and key as PEM. Throws REQUEST_INVALID that names the setting and nothing of what is in the file. */
export function readCertificate(file: string): string {
  const pem = read(file);
  try {
    createSecureContext({ cert: pem, key: pem });
  } catch {
    throw refusal(file, 'holds no certificate and key in PEM');
  }
  return pem;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw refusal(file, (error as NodeJS.ErrnoException).code ?? 'cannot be read');
  }
}

function refusal(file: string, message: string): ButikError {
  return new ButikError('REQUEST_INVALID', {
    message: `swishCertificateFile (BUTIK_SWISH_CERTIFICATE_FILE): ${file}: ${message}`,
    details: { fields: [{ path: 'swishCertificateFile', message }] },
  });
}
